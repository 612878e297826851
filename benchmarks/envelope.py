"""How well a reader notices images that it knows nothing of: other modalities, body parts, photographs.

    python benchmarks/envelope.py --studies STUDIES

Readers of whole images are trained for a minute each (frozen features; studies that lie in STUDIES already
are used as they are). Readers of masks, boxes and points have an envelope of appearance, which needs no
training: it is drawn around every other image. Then every other public set is shown, and the set's own test
part, also as negatives and turned. AUROC: how well the distance tells other images from the own test part.
Abstained: the share beyond the edge, which is fixed on held-out development images alone, by distance; in
brackets with the rules on size, colour and headers. 95 % intervals: DeLong, Wilson. Sets of one modality and
body part are marked: there, the shift is between hospitals, ages or cameras.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import arguments, finish, machine, table

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.phantoms import write_phantoms
from thirdeye.dataset.table import Dataset
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.proportion import proportion
from thirdeye.inference.appearance import appearance, appearance_of
from thirdeye.inference.assemble import is_untaught, pass_over, sample_of
from thirdeye.inference.facts import facts_of, reasons_to_abstain
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.inference.surrounding_fit import draw_look, draw_surroundings_of
from thirdeye.inference.surroundings import Surroundings
from thirdeye.intake.pixels import load, load_file, load_image
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset
from thirdeye.journey.planning import plan
from thirdeye.journey.training import train
from thirdeye.transform.prepare import prepare

CHEST, BRAIN = "chest X-ray", "brain MR"
KINDS = {
    "breastmnist": "breast ultrasound", "pneumoniamnist": CHEST, "chest_children": CHEST,
    "chest_adults": CHEST, "ham10000": "dermatoscopy", "brain_mri": BRAIN,
    "oasis_axial": BRAIN, "oasis_coronal": BRAIN, "oasis_sagittal": BRAIN,
    "hippocampus": "hippocampus MR", "dicom_ct_mr": "DICOM samples",
    "kvasir": "colonoscopy", "blood_cells": "blood smear", "drive": "retina", "spine": "spine X-ray",
    "phantoms": "computed chest", "photographs": "photographs",
}  # fmt: skip
TRAINED: dict[str, tuple[str, dict[str, Any]]] = {
    "breastmnist": ("medmnist/breastmnist.npz", {"patient_is_image": True}),
    "pneumoniamnist": ("medmnist/pneumoniamnist.npz", {"patient_is_image": True}),
    "chest_children": ("chest_xray_pneumonia_pediatric/items.csv", {"patient": "patient"}),
    "ham10000": ("ham10000_subset/metadata.csv", {"patient": "lesion_id"}),
    "brain_mri": ("brain_mri_tumor_253", {"patient_is_image": True}),
}
LOCATED = ("kvasir", "blood_cells", "drive", "spine", "hippocampus")
CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "negative": lambda pixels: _top(pixels) - pixels,
    "turned 90": lambda pixels: np.rot90(pixels),
    "turned 180": lambda pixels: np.rot90(pixels, 2),
    "turned 270": lambda pixels: np.rot90(pixels, 3),
}
TARGET_AUROC, TARGET_FALSE = 0.95, 0.05
_PHOTOGRAPHS = (
    "astronaut", "camera", "cat", "chelsea", "coffee", "rocket", "page", "text", "coins", "moon", "clock",
    "brick", "grass", "gravel", "colorwheel", "logo", "hubble_deep_field",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What was computed of some images; rules and distances follow without asking the network again.

    Args:
        features: (n, M * C) of the network, or none.
        looks: (n, A) appearance.
        ruled_out: (n,) whether a rule on size, colour or headers stops the image.
    """

    features: np.ndarray | None
    looks: np.ndarray
    ruled_out: np.ndarray


@dataclass(frozen=True)
class Shown:
    """Distances of some images, and which the reader gives no opinion on for whatever reason."""

    distance: np.ndarray
    abstained: np.ndarray


Look = Callable[[list[Any]], Seen]


def main() -> None:
    """Measure each chosen set against all others."""
    parser = arguments(__doc__.splitlines()[0], "results/envelope.json")
    parser.add_argument("--studies", type=Path, required=True, help="folder of the studies, made if missing")
    parser.add_argument("--train", nargs="*", default=[*TRAINED, *LOCATED], choices=[*TRAINED, *LOCATED])
    parser.add_argument("--most", type=int, default=100, help="images of each set")
    options = parser.parse_args()
    here, others = machine(), {}
    for name, images in sources(options.data, options.most):
        others[name] = images
    runs = [measured(name, options, others) for name in options.train]
    pooled = turned_away(runs)
    text = "\n\n".join(
        [*map(report, runs), f"all sets together: {_share(pooled)} of own test images turned away"]
    )
    finish({"machine": here, "runs": runs, "turned_away": pooled}, options.json, text)


def turned_away(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The share of own test images beyond the edge, over all sets; images of a patient are one cluster."""
    beyond = np.concatenate([np.asarray(run["beyond"]) for run in runs])
    whose = [f"{run['set']}:{patient}" for run in runs for patient in run["patients"]]
    return proportion(beyond, name="turned_away", clusters=np.asarray(whose)).as_json()


def sources(data: Path, most: int) -> Iterator[tuple[str, list[Any]]]:
    """Every set, or as many of its images."""
    for name in ("breastmnist", "pneumoniamnist"):
        archive = data / f"medmnist/{name}.npz"
        with np.load(archive) as held:
            n = len(held["test_images"])
        yield name, [load(archive, f"test/{k}") for k in _some(range(n), most)]
    folders = {
        "chest_children": "chest_xray_pneumonia_pediatric/images", "chest_adults": "covid_xray_3class/images",
        "ham10000": "ham10000_subset/images", "brain_mri": "brain_mri_tumor_253",
        "oasis_axial": "oasis1_slices_clinical/axial", "oasis_coronal": "oasis1_slices_clinical/coronal",
        "oasis_sagittal": "oasis1_slices_clinical/sagittal", "kvasir": "kvasir_seg/images",
        "blood_cells": "bccd_blood_cells/BCCD/JPEGImages", "spine": "aasce2019_spine_landmarks",
    }  # fmt: skip
    for name, folder in folders.items():
        yield name, [load_file(path) for path in _some(_pictures(data / folder), most)]
    yield "drive", [load_file(path) for path in _pictures(data / "drive") if path.parent.name == "images"]
    volumes = sorted((data / "msd_task04_hippocampus/imagesTr").glob("*.nii.gz"))
    yield "hippocampus", [load(path.parent, path.name) for path in _some(volumes, most)]
    samples = sorted((data / "dicom_transfer_syntaxes").glob("*.dcm"))
    yield "dicom_ct_mr", [one for path in _some(samples, most) if isinstance(one := _opened(path), Image)]
    with TemporaryDirectory() as folder:
        write_phantoms(Path(folder), patients=max(2, most // 3))
        yield "phantoms", [load_file(path) for path in _some(_pictures(Path(folder)), most)]
    yield "photographs", list(_photographs())


def _some(items: Any, most: int) -> list[Any]:
    items = list(items)
    chosen = np.sort(np.random.default_rng(0).permutation(len(items))[:most])
    return [items[k] for k in chosen]


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".tif")
    )


def _opened(path: Path) -> Any:
    from thirdeye.errors import UnreadableFile

    try:
        return load_file(path)
    except UnreadableFile:
        return None


def _photographs() -> Iterator[Image]:
    from skimage import data

    for name in _PHOTOGRAPHS:
        try:
            pixels = np.asarray(getattr(data, name)())
        except Exception:  # some need a package or a download that is not here
            continue
        if pixels.dtype == np.uint8:
            yield Image(np.ascontiguousarray(pixels[..., :3] if pixels.ndim == 3 else pixels), 8, name)


def measured(name: str, options: argparse.Namespace, others: dict[str, list[Any]]) -> dict[str, Any]:
    """One set against all others."""
    kept = options.studies / "kept" / f"{name}.npz"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        own, look, known = _trained(name, options) if name in TRAINED else _located(others[name])
        _keep(kept, own, look, known, name, others)
    seen, known = _kept(kept)
    envelope = _drawn(known)
    shown = {of: _shown(envelope, one) for of, one in seen.items()}
    at_home = shown.pop("own")
    rows = [_row(of, at_home, one, same=_same(name, of)) for of, one in shown.items()]
    run = {
        "set": name, "kind": KINDS[name], "known": len(known["looks"]), "rows": rows,
        "beyond": (at_home.distance > 1).tolist(), "patients": known["own_patients"].tolist(),
        "stopped_with_rules": int(at_home.abstained.sum()),
    }  # fmt: skip
    return run | {"turned_away": turned_away([run])}


def _same(name: str, other: str) -> bool | None:
    return None if other in CHANGES else KINDS[other] == KINDS[name]


def _keep(
    file: Path,
    own: list[Any],
    look: Look,
    known: dict[str, np.ndarray],
    name: str,
    others: dict[str, list[Any]],
) -> None:
    """Everything that is computed of all images, into one file."""
    sets = {"own": own}
    for of, images in others.items():
        fitting = [one for one in images if isinstance(one, type(own[0]))]
        if of != name and fitting:
            sets[of] = fitting
    if isinstance(own[0], Image):
        for change, turn in CHANGES.items():
            sets[change] = [replace(one, pixels=np.ascontiguousarray(turn(one.pixels))) for one in own]
    found: dict[str, Any] = {f"known/{part}": value for part, value in known.items()}
    for of, images in sets.items():
        seen = look(images)
        found |= {f"{of}/{part}": value for part, value in vars(seen).items() if value is not None}
    np.savez(file, **found)


def _kept(file: Path) -> tuple[dict[str, Seen], dict[str, np.ndarray]]:
    with np.load(file, allow_pickle=False) as stored:
        parts: dict[str, dict[str, np.ndarray]] = {}
        for key in stored.files:
            of, _, part = key.rpartition("/")
            parts.setdefault(of, {})[part] = stored[key]
    known = parts.pop("known")
    return {of: Seen(one.get("features"), one["looks"], one["ruled_out"]) for of, one in parts.items()}, known


def _drawn(known: dict[str, np.ndarray]) -> Surroundings:
    """The envelope as it is drawn today, from development images alone."""
    patients = known["patients"].tolist()
    if "features" in known:
        parts = (known["features"], known["looks"], known["held_out"], patients)
        return draw_surroundings_of(*parts, untaught=bool(known["untaught"]))
    drawn = draw_look(known["looks"], patients, fewest=10)
    if drawn is None:
        raise SystemExit("too few images to draw an envelope")
    return drawn


def _shown(envelope: Surroundings, seen: Seen) -> Shown:
    distance = envelope.distance_of(seen.features, seen.looks)
    return Shown(distance, (distance > 1) | seen.ruled_out)


def _trained(name: str, options: argparse.Namespace) -> tuple[list[Image], Look, dict[str, np.ndarray]]:
    """The own test images, how the reader looks at others, and what it knows."""
    place, (source, told) = options.studies / name, TRAINED[name]
    if not (place / "model/model.json").exists():
        plan(options.data / source, out=place, budget="1m", **told)
        train(place)
    study = Study(place)
    dataset, reader = read_study_dataset(study, options.data / source), SecondReader.load(place, threads=1)
    references = _some(dataset.part("test")["image"], 2 * options.most)
    own = [load_image(dataset.root, reference) for reference in references]
    patients = (
        dataset.part("test").set_index("image")["patient"].astype(str).reindex(references).to_numpy(str)
    )
    return own, _asks(reader), _known(reader, study, dataset) | {"own_patients": patients}


def _known(reader: SecondReader, study: Study, dataset: Dataset) -> dict[str, np.ndarray]:
    """Development images as the finished network sees them, and which member learnt from which."""
    settings = read_plan(study)
    material = gather(study, dataset, settings, "train", "validation")
    splits = member_splits(material.rows, settings)
    held = np.zeros((len(material.rows), len(reader.manifest.members)), bool)
    for at, member in enumerate(reader.manifest.members):
        held[splits[max(int(member["fold"]), 0)][1], at] = True
    chosen = sample_of(held)
    images = np.asarray(material.images)[chosen]
    return {
        "features": pass_over(reader.engine, images, np.arange(len(images))).features,
        "looks": np.stack([appearance(one) for one in images]), "held_out": held[chosen],
        "untaught": np.asarray(is_untaught(reader.manifest)),
        "patients": material.rows["patient"].to_numpy(str)[chosen],
    }  # fmt: skip


def _asks(reader: SecondReader) -> Look:
    seen = dict(reader.manifest.envelope)
    how = {name: reader.manifest.input[name] for name in ("size_px", "resize", "intensity")}

    def look(images: list[Any]) -> Seen:
        squares = np.stack([prepare(one, **how) for one in images])
        facts = [facts_of(one, square) for one, square in zip(images, squares, strict=True)]
        return Seen(
            pass_over(reader.engine, squares, np.arange(len(squares))).features,
            np.stack([appearance(one) for one in squares]),
            np.asarray([bool(reasons_to_abstain(fact, seen)) for fact in facts]),
        )

    return look


def _located(images: list[Any]) -> tuple[list[Any], Look, dict[str, np.ndarray]]:
    """Every other image draws the envelope; the rest are the own test part."""
    looks = np.stack([appearance_of(one) for one in images[::2]])

    def look(asked: list[Any]) -> Seen:
        return Seen(None, np.stack([appearance_of(one) for one in asked]), np.zeros(len(asked), bool))

    each = np.arange(len(images)).astype(str)  # these sets name no patients, or have one image of each
    return images[1::2], look, {"looks": looks, "patients": each[::2], "own_patients": each[1::2]}


def _row(name: str, own: Shown, other: Shown, *, same: bool | None) -> dict[str, Any]:
    labels = np.r_[np.zeros(len(own.distance), int), np.ones(len(other.distance), int)]
    found = auc(labels, np.r_[own.distance, other.distance])
    return {
        "other": name, "n": len(other.distance), "same_modality": same, "auroc": found.as_json(),
        "abstained": float((other.distance > 1).mean()),
        "abstained_with_rules": float(other.abstained.mean()),
    }  # fmt: skip


def _top(pixels: np.ndarray) -> Any:
    return np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else pixels.max() + pixels.min()


def report(run: dict[str, Any]) -> str:
    """One table."""
    rows = []
    for row in sorted(run["rows"], key=lambda one: one["auroc"]["value"]):
        area = row["auroc"]
        shift = (
            "same modality"
            if row["same_modality"]
            else ""
            if row["same_modality"] is None
            else KINDS[row["other"]]
        )
        limits = f"{_limit(area['ci_low'])} to {_limit(area['ci_high'])}"
        rows.append((
            row["other"], shift, row["n"], f"{area['value']:.3f} ({limits})",
            f"{row['abstained']:.0%} ({row['abstained_with_rules']:.0%})",
        ))  # fmt: skip
    found = _share(run["turned_away"])
    title = (
        f"{run['set']} ({run['kind']}), known by {run['known']} images: {found} of own "
        f"test images turned away; with rules {run['stopped_with_rules']}"
    )
    other = [row for row in run["rows"] if row["same_modality"] is False]
    least = min((row["auroc"]["value"] for row in other), default=float("nan"))
    kept = f"least AUROC against another modality or body part: {least:.3f} (target {TARGET_AUROC})"
    return f"{title}\n{kept}\n\n{table(('shown', 'what', 'n', 'AUROC', 'abstained'), rows)}"


def _share(found: dict[str, Any]) -> str:
    limits = f"{found['ci_low']:.1%} to {found['ci_high']:.1%}"
    return f"{found['value']:.1%} ({limits}; n = {found['n']})"


def _limit(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
