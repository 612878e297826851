"""The embedded sample: phantom chest films of made-up patients, with and without nodules.

Nothing in it comes from a person, and nothing needs a network connection. Two hospitals with different
machines, one to three exposures a patient, and by default no connection between hospital and label, so that
a network has to find the nodules. What is where is known exactly and kept in ``truth.json``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from thirdeye.dataset.phantoms_anatomy import Anatomy, draw_anatomy
from thirdeye.dataset.phantoms_machine import MACHINES, Machine, expose
from thirdeye.dataset.phantoms_projection import project
from thirdeye.errors import UsageError

POSITIVE, NEGATIVE = "nodule", "no nodule"
COLUMNS = ("image", "label", "patient", "site", "age", "sex")
PREVALENCE = 0.45
CONFOUNDED_PREVALENCE = (0.85, 0.15)
VIEWS = (0.4, 0.45, 0.15)  # share of patients with one, two and three exposures

README = """PHANTOMS, NOT PATIENTS

These pictures were computed by Third Eye (thirdeye.dataset.phantoms, seed {seed}). They are projections of
solids with equations that have the shape of a chest; no person was X-rayed and no person's data were used.
They show that the software works. They say nothing about how well it finds nodules in people.

images/      {images} phantom films of {patients} made-up patients, 16-bit PNG, bone bright
cases.csv    image, label ("nodule" or "no nodule"), patient, site, age, sex
truth.json   for each image with nodules: row, column and diameter (pixels) of each nodule
{note}
Try: thirdeye run THIS_FOLDER/cases.csv --positive nodule --out study
"""
CONFOUNDED_NOTE = """
WARNING: here the hospital tells the label most of the time (a shortcut, made on purpose for tests).
"""


@dataclass(frozen=True)
class _Patient:
    """A made-up patient: what the table says, and the anatomy."""

    name: str
    machine: Machine
    positive: bool
    age: int
    sex: str
    anatomy: Anatomy
    views: int


def write_phantoms(
    folder: Path,
    *,
    patients: int = 160,
    seed: int = 0,
    confounded: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write phantom films, their table, the truth and a README.

    Args:
        folder: where to; made if missing, files of the same name are replaced.
        patients: how many made-up patients, at least 2; about 1.75 images each. Patient number i of one seed
            is the same whatever their number.
        seed: the same seed gives the same pictures.
        confounded: True makes the hospital tell the label for 85 % of the patients (a shortcut, for tests).
        progress: called with (patients done, patients).

    Returns:
        The table ``folder/cases.csv``.

    Raises:
        UsageError: fewer than 2 patients.
    """
    if patients < 2:
        raise UsageError(f"phantoms need at least 2 patients, one of each class; {patients} asked for")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rows: list[tuple[str, ...]] = []
    truth: dict[str, list[dict[str, float]]] = {}
    for index in range(patients):
        rng = np.random.default_rng([seed, index])
        patient = _draw_patient(rng, index, confounded=confounded)
        for view in range(patient.views):
            name = f"images/{patient.name}_{view + 1}.png"
            truth |= _write_view(folder / name, name, patient, view, rng)
            label = POSITIVE if patient.positive else NEGATIVE
            rows.append((name, label, patient.name, patient.machine.name, str(patient.age), patient.sex))
        if progress is not None:
            progress(index + 1, patients)
    note = CONFOUNDED_NOTE if confounded else ""
    text = README.format(seed=seed, images=len(rows), patients=patients, note=note)
    (folder / "README.txt").write_text(text, encoding="utf-8")
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    return _write_table(folder / "cases.csv", rows)


def _draw_patient(rng: np.random.Generator, index: int, *, confounded: bool) -> _Patient:
    """Patient number `index`; the first two are a positive and a negative, so that no set lacks a class."""
    site = int(rng.integers(len(MACHINES)))
    prevalence = CONFOUNDED_PREVALENCE[site] if confounded else PREVALENCE
    positive = bool(rng.random() < prevalence) if index > 1 else index == 0
    female = bool(rng.random() < 0.5)
    return _Patient(
        name=f"phantom-{index:04d}",
        machine=MACHINES[site],
        positive=positive,
        age=int(np.clip(rng.normal(61, 12), 25, 90)),
        sex="F" if female else "M",
        views=int(rng.choice([1, 2, 3], p=VIEWS)),
        anatomy=draw_anatomy(rng, female=female, nodules=int(rng.integers(2, 7)) if positive else 0),
    )


def _write_view(
    path: Path, name: str, patient: _Patient, view: int, rng: np.random.Generator
) -> dict[str, list[dict[str, float]]]:
    """One exposure; returns where its nodules are, under the name of the image."""
    posed = patient.anatomy.posed(
        turn_deg=rng.normal(0, 2.0 + 1.5 * view),
        stretch=rng.normal(1.0, 0.03),
        shift_mm=(rng.normal(0, 4), rng.normal(0, 5)),
    )
    pixels = expose(project(posed, patient.machine.detector), patient.machine, rng)
    Image.fromarray(stamped(pixels)).save(path, compress_level=1)
    nodules = [_as_truth(nodule, patient.machine) for nodule in posed.nodules]
    return {name: nodules} if nodules else {}


def _as_truth(nodule: Any, machine: Machine) -> dict[str, float]:
    row, column = machine.detector.pixel_of(nodule.centre)
    diameter = 2 * np.linalg.det(nodule.shape) ** (-1 / 6) / machine.detector.pixel_mm
    return {"row": round(row, 1), "column": round(column, 1), "diameter_px": round(float(diameter), 1)}


def stamped(pixels: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """The picture with the word PHANTOM burned into its lower left corner."""
    mark = Image.new("L", (54, 12))
    ImageDraw.Draw(mark).text((1, 0), "PHANTOM", fill=255)
    marked = pixels.copy()
    corner = marked[-13:-1, 2:56]
    corner[np.asarray(mark) > 127] = 52_000
    return marked


def _write_table(path: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return path
