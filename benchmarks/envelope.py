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
from thirdeye.evaluation.proportion import wilson
from thirdeye.inference.appearance import appearance_of
from thirdeye.inference.assemble import MOST_IMAGES, pass_over
from thirdeye.inference.engine import Engine
from thirdeye.inference.second_opinion import SecondReader
from thirdeye.inference.surrounding_fit import draw_look, draw_surroundings
from thirdeye.intake.pixels import load, load_file, load_image
from thirdeye.journey.material import gather, member_splits, read_plan, read_study_dataset
from thirdeye.journey.planning import plan
from thirdeye.journey.training import train

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
class Shown:
    """Distances of some images, and which the reader gives no opinion on for whatever reason."""

    distance: np.ndarray
    abstained: np.ndarray


Judge = Callable[[list[Any]], Shown]


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
    finish({"machine": here, "runs": runs}, options.json, "\n\n".join(map(report, runs)))


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
    own, judge = _trained(name, options) if name in TRAINED else _located(name, others[name])
    at_home = judge(own)
    rows = []
    for other, images in others.items():
        fitting = [one for one in images if isinstance(one, type(own[0]))]
        if other == name or not fitting:
            continue
        rows.append(_row(other, at_home, judge(fitting), same=KINDS[other] == KINDS[name]))
    for change, turn in CHANGES.items():
        if isinstance(own[0], Image):
            turned = [replace(one, pixels=np.ascontiguousarray(turn(one.pixels))) for one in own]
            rows.append(_row(change, at_home, judge(turned), same=None))
    false, n = int((at_home.distance > 1).sum()), len(own)
    with_rules = int(at_home.abstained.sum())
    return {
        "set": name, "kind": KINDS[name], "n": n, "false": false, "false_interval": wilson(false, n),
        "false_with_rules": with_rules, "rows": rows,
    }  # fmt: skip


def _trained(name: str, options: argparse.Namespace) -> tuple[list[Image], Judge]:
    """The own test images, and the reader that was trained in a minute."""
    place, (source, told) = options.studies / name, TRAINED[name]
    if not (place / "model/model.json").exists():
        plan(options.data / source, out=place, budget="1m", **told)
        train(place)
    dataset = read_study_dataset(Study(place), options.data / source)
    reader = _with_envelope(SecondReader.load(place, threads=1), Study(place), dataset)
    references = _some(dataset.part("test")["image"], 2 * options.most)
    return [load_image(dataset.root, reference) for reference in references], _asks(reader)


def _with_envelope(reader: SecondReader, study: Study, dataset: Dataset) -> SecondReader:
    """The reader; of one of an earlier version, with an envelope as it would be drawn today."""
    if reader.envelope is None or reader.envelope.look is not None:
        return reader
    settings = read_plan(study)
    material = gather(study, dataset, settings, "train", "validation")
    splits = member_splits(material.rows, settings)
    held = np.zeros((len(material.rows), len(reader.manifest.members)), bool)
    for at, member in enumerate(reader.manifest.members):
        held[splits[max(int(member["fold"]), 0)][1], at] = True
    chosen = np.sort(np.random.default_rng(0).permutation(len(held))[:MOST_IMAGES])
    engine = Engine(study.path("model/model.onnx"), threads=1)
    features = pass_over(engine, material.images, chosen).features
    reader.envelope = draw_surroundings(features, np.asarray(material.images)[chosen], held[chosen])
    return reader


def _asks(reader: SecondReader) -> Judge:
    def judge(images: list[Any]) -> Shown:
        opinions = [
            one for at in range(0, len(images), 16) for one in reader.read_images(images[at : at + 16])
        ]
        far = [one.familiarity.distance if one.familiarity else np.nan for one in opinions]
        return Shown(np.asarray(far), np.asarray([one.abstained is not None for one in opinions]))

    return judge


def _located(name: str, images: list[Any]) -> tuple[list[Any], Judge]:
    """Every other image draws the envelope; the rest are the own test part."""
    looks = np.stack([appearance_of(one) for one in images[::2]])
    envelope = draw_look(np.concatenate([looks]), [str(k) for k in range(len(looks))], fewest=10)

    def judge(asked: list[Any]) -> Shown:
        far = envelope.distance_of(None, np.stack([appearance_of(one) for one in asked]))
        return Shown(far, far > 1)

    return images[1::2], judge


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
    low, high = run["false_interval"]
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
    title = (
        f"{run['set']} ({run['kind']}): {run['false']} of {run['n']} own test images turned away "
        f"({run['false'] / run['n']:.1%}, {low:.1%} to {high:.1%}; with rules {run['false_with_rules']})"
    )
    other = [row for row in run["rows"] if row["same_modality"] is False]
    least = min((row["auroc"]["value"] for row in other), default=float("nan"))
    kept = f"least AUROC against another modality or body part: {least:.3f} (target {TARGET_AUROC})"
    return f"{title}\n{kept}\n\n{table(('shown', 'what', 'n', 'AUROC', 'abstained'), rows)}"


def _limit(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
