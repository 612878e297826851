"""The traditional technique on public sets: AUC before and after, each learner, time per image, and peers.

Before: the first 441 features, seven candidates (logistic regression, RBF machines, extra trees), of which
each fold takes the best one. After: all features and all candidates, and the mean of the three best kinds.
Beside them HOG with a linear support vector machine (the usual recipe with scikit-image) and, where an
environment for it is named, PyRadiomics' features with the candidates of "after". Everybody gets the same
development cases and the same five folds, by patient; no test part is touched. AUCs are out of fold, with
95 % intervals.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, machine, table
from skimage.feature import hog

from thirdeye.case.study import Study
from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.journey.material import gather, read_plan, read_study_dataset
from thirdeye.journey.planning import plan
from thirdeye.training.classical import CANDIDATES, Learner
from thirdeye.training.traditional import TraditionalResult, cross_fit_traditional
from thirdeye.transform.handcrafted.describe import describe, feature_families

SETS: dict[str, tuple[str, dict[str, Any]]] = {
    "breastmnist": ("medmnist/breastmnist.npz", {"patient_is_image": True}),
    "pneumoniamnist": ("medmnist/pneumoniamnist.npz", {"patient_is_image": True}),
    "ham10000": ("ham10000_subset/metadata.csv", {"patient": "lesion_id"}),
    "brain_mri": ("brain_mri_tumor_253", {"patient_is_image": True}),
    "chest_3_class": ("covid_xray_3class/items.csv", {"patient_is_image": True}),
}
EARLIER_FAMILIES = ("intensity", "colour", "cooccurrence", "binary_pattern", "gradient", "frequency", "shape")
EARLIER_KINDS = ("logistic", "svm", "trees")
EARLIER = tuple(one for one in CANDIDATES if one.kind in EARLIER_KINDS)
SIDE_PX = 112
FOLDS = 5


@dataclass(frozen=True)
class Cases:
    """Development cases of one set, prepared, and the folds that everybody gets."""

    name: str
    images: np.ndarray
    labels: np.ndarray
    patients: np.ndarray
    classes: list[str]
    task: str
    positive: str | None
    splits: list[tuple[np.ndarray, np.ndarray]]


def main() -> None:
    """Measure the chosen sets one after another."""
    parser = arguments(__doc__.splitlines()[0], "results/traditional.json")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--most", type=int, default=1500, help="draw so many development cases at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pyradiomics", type=Path, help="python of an environment with PyRadiomics")
    options = parser.parse_args()
    here = machine()
    results = [measure(name, options) for name in options.sets]
    text = "\n\n".join(report(one) for one in results)
    finish({"machine": here, "sets": results}, options.json, text)


def measure(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """One set: features, techniques, peers; printed as they come."""
    cases = load(name, options)
    started = time.perf_counter()
    features = np.stack([describe(np.asarray(image)) for image in cases.images])
    own_ms = 1000 * (time.perf_counter() - started) / len(features)
    families = feature_families()
    earlier = features[:, np.concatenate([families[one] for one in EARLIER_FAMILIES])]
    started = time.perf_counter()
    oriented = np.stack([_hog(image) for image in cases.images])
    hog_ms = 1000 * (time.perf_counter() - started) / len(features)
    runs = {
        "before": (earlier, EARLIER),
        "after": (features, CANDIDATES),
        "HOG and linear SVM": (oriented, (Learner("linear_svm", 0.001),)),
    }
    milliseconds = {"after": own_ms, "HOG and linear SVM": hog_ms}
    if options.pyradiomics:
        theirs, milliseconds["PyRadiomics features"] = pyradiomics(cases, options.pyradiomics)
        runs["PyRadiomics features"] = (theirs, CANDIDATES)
    found: dict[str, Any] = {"set": name, "n": len(cases.labels), "techniques": {}}
    scores: dict[str, np.ndarray] = {}
    for technique, (columns, candidates) in runs.items():
        started = time.perf_counter()
        result = cross_fit_traditional(
            columns, cases.labels, cases.splits, task=cases.task, groups=cases.patients, seed=options.seed,
            n_classes=len(cases.classes), time_limit_s=3600, candidates=candidates,
        )  # fmt: skip
        scores[technique] = single_best(result, columns, cases) if technique == "before" else result.logits
        found["techniques"][technique] = {
            "auc": auc_of(cases, scores[technique]), "n_features": columns.shape[1],
            "seconds_to_learn": round(time.perf_counter() - started, 1),
            "ms_per_image": milliseconds.get(technique), "chosen": dict(result.chosen),
        }  # fmt: skip
        if technique == "after":
            learners = {kind: auc_of(cases, logits) for kind, logits in result.by_kind.items()}
            found["learners"] = learners
    for technique in [one for one in runs if one != "after"]:
        found["techniques"][technique]["after_against_it"] = difference(
            cases, scores["after"], scores[technique]
        )
    print(report(found), file=sys.stderr, flush=True)
    return found


def single_best(result: TraditionalResult, features: np.ndarray, cases: Cases) -> np.ndarray:
    """Out-of-fold logits of the one learner that ranked best in each fold."""
    logits = np.full(result.logits.shape, np.nan)
    for fold, (_, holdout) in zip(result.folds, cases.splits, strict=True):
        logits[holdout] = fold.choices[0].best.logits(features[holdout])
    return logits


def load(name: str, options: argparse.Namespace) -> Cases:
    """The development cases as the checks of a study leave them, at 112 px."""
    from sklearn.model_selection import StratifiedGroupKFold

    path, asked = SETS[name]
    with tempfile.TemporaryDirectory() as temporary:
        plan(
            options.data / path,
            out=temporary,
            seed=options.seed,
            overrides={"image_size_px": SIDE_PX},
            **asked,
        )
        study = Study(Path(temporary))
        decided = read_plan(study)
        material = gather(study, read_study_dataset(study, None), decided, "train", "validation")
        _, patient = np.unique(material.patients, return_inverse=True)
        rank = np.random.default_rng(options.seed).permutation(patient.max() + 1)[patient]
        kept = np.flatnonzero(rank <= np.sort(rank)[min(options.most, len(rank)) - 1])
        images = np.array(material.images[kept])
    labels, patients = material.labels[kept], material.patients[kept]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=options.seed)
    splits = list(folds.split(np.zeros((len(labels), 1)), labels, patients))
    return Cases(
        name, images, labels, patients, list(decided.classes), decided.task, decided.positive, splits
    )


def _hog(image: np.ndarray) -> np.ndarray:
    grey = image.mean(axis=2) / 255
    return hog(grey, orientations=9, pixels_per_cell=(16, 16), cells_per_block=(2, 2))


def _shares(logits: np.ndarray) -> np.ndarray:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _common(cases: Cases) -> dict[str, Any]:
    return {
        "labels": cases.labels, "classes": cases.classes, "task": cases.task, "positive": cases.positive,
        "clusters": cases.patients,
    }  # fmt: skip


def auc_of(cases: Cases, logits: np.ndarray) -> dict[str, float]:
    """The (macro) AUC with its interval."""
    entry = evaluate_set(
        **_common(cases), probabilities=_shares(logits), unit="image", operating_points=(), excluded=None,
        n_resamples=50,
    )  # fmt: skip
    name = "auc" if cases.task == "binary" else "auc_macro"
    metric = next(one for one in entry["metrics"] if one["name"] == name and not one["class"])
    return {key: metric[key] for key in ("value", "ci_low", "ci_high")}


def difference(cases: Cases, first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """The paired difference of the AUC."""
    entry = compare_models(**_common(cases), first=_shares(first), second=_shares(second), only_primary=True)
    measured = entry["measures"][0]
    found = {key: measured["difference"][key] for key in ("value", "ci_low", "ci_high")}
    return found | {"p": measured["p_value"]}


_THEIRS = """
import logging, sys, time
import numpy as np
import SimpleITK as sitk
from radiomics import featureextractor, setVerbosity
setVerbosity(60)
logging.disable(logging.CRITICAL)
images = np.load(sys.argv[1])
extractor = featureextractor.RadiomicsFeatureExtractor(binCount=16, force2D=True)
extractor.disableAllFeatures()
for family in ("firstorder", "glcm", "glrlm", "glszm", "ngtdm", "gldm"):
    extractor.enableFeatureClassByName(family)
filters = {"Wavelet": {"wavelet": "haar", "level": 1}, "LoG": {"sigma": [1.0, 2.0, 4.0]}}
extractor.enableImageTypes(Original={}, **filters)
rows = []
began = time.perf_counter()
for image in images:
    grey = sitk.GetImageFromArray(image.mean(axis=2)[None].astype(np.float32))
    mask = np.ones((1, *image.shape[:2]), np.uint8)
    mask[0, 0, 0] = 0
    found = extractor.execute(grey, sitk.GetImageFromArray(mask))
    rows.append([float(v) for k, v in sorted(found.items()) if not k.startswith("diagnostics")])
seconds = time.perf_counter() - began
np.savez(sys.argv[2], rows=np.nan_to_num(np.array(rows), posinf=0, neginf=0), ms=1000 * seconds / len(images))
"""


def pyradiomics(cases: Cases, python: Path) -> tuple[np.ndarray, float]:
    """PyRadiomics' features of the whole picture and its milliseconds per image, in its own environment."""
    with tempfile.TemporaryDirectory() as temporary:
        images, found = Path(temporary) / "images.npy", Path(temporary) / "found.npz"
        np.save(images, cases.images)
        subprocess.run([str(python), "-W", "ignore", "-c", _THEIRS, str(images), str(found)], check=True)
        saved = np.load(found)
        return saved["rows"], float(saved["ms"])


def report(found: dict[str, Any]) -> str:
    """Two tables."""
    rows = []
    for technique, one in found["techniques"].items():
        against = one.get("after_against_it")
        said = "" if against is None else f"{against['value']:+.3f} (p {against['p']:.3f})"
        ms = "" if one["ms_per_image"] is None else f"{one['ms_per_image']:.1f}"
        rows.append([technique, one["n_features"], _interval(one["auc"]), said, ms, one["seconds_to_learn"]])
    head = ["technique", "features", "AUC", "after minus it", "ms an image", "s to learn"]
    learners = [[kind, _interval(auc)] for kind, auc in found["learners"].items()]
    parts = [f"{found['set']}, {found['n']} cases", table(head, rows), table(["learner", "AUC"], learners)]
    return "\n\n".join(parts)


def _interval(auc: dict[str, float]) -> str:
    return f"{auc['value']:.3f} ({auc['ci_low']:.3f} to {auc['ci_high']:.3f})"


if __name__ == "__main__":
    main()
