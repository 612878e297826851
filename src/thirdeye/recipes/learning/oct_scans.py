"""Scans of the macula with referrals, findings and, of some, drawn tissues, as the cases of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.case.volume import Volume
from thirdeye.errors import DataRefused, UnreadableFile, UsageError
from thirdeye.intake.columns import Role, candidates
from thirdeye.intake.pixels import load
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed
from thirdeye.recipes.system import Cases, Known
from thirdeye.transform.dense.prepare import IGNORED
from thirdeye.transform.dense.resample import resampled, resampled_labels

REFERRALS, TISSUE_NAMES, SCANS, TISSUES = "referrals.csv", "tissues.csv", "scans", "tissues"
LABEL = "referral"
BANDS, BINS = 12, 8  # of the plain numbers that a traditional technique gets
_ROLES: tuple[Role, ...] = ("image", "patient", "split", "site")
_WHAT = (
    f"a folder with {REFERRALS} (columns image, patient, {LABEL}, and one of 0 and 1 for each finding), the "
    f"scans that it names, and {TISSUES}/ with the drawn tissues of some under the same names"
)

Sides = tuple[int, ...]


@dataclass(frozen=True)
class Listed:
    """What the table says.

    Args:
        rows: bookkeeping of each scan, as `Cases.rows`.
        findings: (n, F) 0 or 1; NaN where a cell is empty.
        names: of the findings.
    """

    rows: pd.DataFrame
    findings: NDArray[np.float32]
    names: tuple[str, ...]


def open_scans(data: Path, *, grades: Sequence[str], sides: Sides) -> Cases:
    """The cases of a folder of scans.

    Arrays: "scans" (n, slices, rows, columns) float32 of mean 0 and spread 1, "tissues" (the same) uint8,
    `IGNORED` where nothing was drawn, "findings" (n, F).

    Args:
        data: see `_WHAT`.
        grades: of urgency, from least to most; scans with another label stay outside.
        sides: to which scans are brought.

    Raises:
        DataRefused: the table is missing, names no grade, or nothing was drawn.
        UnreadableFile: a scan is damaged, or is no volume.
    """
    listed_ = _listed(data)
    known = set(listed_.rows["label"]) & set(grades)
    if len(known) < 2:
        raise DataRefused(
            f"{REFERRALS} has the referrals {listed(sorted(set(listed_.rows['label'])), 8)}; at least two of "
            f"{', '.join(grades)} are needed (other names: --set grades=LEAST,...,MOST)"
        )
    scans = [_scan(data, name, sides) for name in listed_.rows["image"]]
    tissues = [_tissues(data, name, sides) for name in listed_.rows["image"]]
    drawn = sum(bool((one != IGNORED).any()) for one in tissues)
    if not drawn:
        raise DataRefused(f"no scan has drawn tissues in {TISSUES}/; {_WHAT}")
    names = _tissue_names(data, max(int(one[one != IGNORED].max(initial=0)) for one in tissues))
    return Cases(
        rows=listed_.rows,
        arrays={"scans": np.stack(scans), "tissues": np.stack(tissues), "findings": listed_.findings},
        classes=tuple(grade for grade in grades if grade in known),
        task="ordinal",
        positive=None,
        simple=np.stack([plain_numbers(scan) for scan in scans]),
        simple_is=f"the brightness of {BANDS} bands from front to back, and how often each grey is there",
        understood=(
            f"{len(scans)} scans, {drawn} of them with drawn tissues: {', '.join(names)}.",
            f"Findings: {', '.join(listed_.names) or 'none'}.",
        ),
        inputs={"tissues": list(names), "findings": list(listed_.names)},
    )


def scans_to_read(data: Path, *, sides: Sides, known: Known) -> Cases:
    """New scans: a folder with a table as of `open_scans`, whose scans need neither label nor tissues."""
    found = _listed(data, labelled=False)
    scans = np.stack([_scan(data, name, sides) for name in found.rows["image"]])
    none = np.full((len(scans), len(known.inputs["findings"])), np.nan, np.float32)
    arrays: dict[str, NDArray[Any]] = {
        "scans": scans,
        "tissues": np.full(scans.shape, IGNORED, np.uint8),
        "findings": none,
    }
    return Cases(
        found.rows, arrays, known.classes, known.task, known.positive,
        np.stack([plain_numbers(scan) for scan in scans]), "", inputs=known.inputs,
    )  # fmt: skip


def plain_numbers(scan: NDArray[np.float32]) -> NDArray[np.float64]:
    """(`BANDS` + spread of each + `BINS`,) of a scan (slices, rows, columns) of mean 0 and spread 1."""
    bands = np.array_split(scan, BANDS, axis=1)
    greys = np.histogram(scan, bins=np.linspace(-2, 4, BINS + 1))[0] / scan.size
    return np.array([*(one.mean() for one in bands), *(one.std() for one in bands), *greys])


def _listed(data: Path, *, labelled: bool = True) -> Listed:
    if not data.exists():
        raise UsageError(f"there is no file or folder '{data}'")
    path = data / REFERRALS
    if not path.is_file():
        raise DataRefused(f"'{data.name}' has no {REFERRALS}; this system reads {_WHAT}")
    table = read_table(path)
    columns = [str(name) for name in table.columns]
    roles = {role: next(iter(candidates(columns, role)), None) for role in _ROLES}
    if roles["image"] is None or (labelled and LABEL not in columns):
        raise DataRefused(f"{REFERRALS} needs the columns image and {LABEL}; it has {listed(columns, 12)}")
    own = [name for name in columns if name not in {LABEL, *roles.values()}]
    findings = {name: column for name in own if (column := _zero_or_one(table[name])) is not None}
    image = _texts(table, roles["image"])
    rows = pd.DataFrame({
        "image": image, "case": image, "patient": _texts(table, roles["patient"] or roles["image"]),
        "label": _texts(table, LABEL if LABEL in columns else None), "split": _texts(table, roles["split"]),
        "site": _texts(table, roles["site"]),
    })  # fmt: skip
    values = np.column_stack(list(findings.values())) if findings else np.zeros((len(table), 0))
    return Listed(rows, values.astype(np.float32), tuple(findings))


def _zero_or_one(column: pd.Series) -> NDArray[np.float64] | None:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    known = numbers[~np.isnan(numbers)]
    return numbers if known.size and np.isin(known, (0, 1)).all() else None


def _texts(table: pd.DataFrame, column: str | None) -> list[str]:
    return [""] * len(table) if column is None else [str(value).strip() for value in table[column]]


def _volume(data: Path, name: str) -> NDArray[np.float32]:
    """(slices, rows, columns): slices along the axis of the largest spacing."""
    item = load(data, name)
    if not isinstance(item, Volume) or item.voxels.ndim != 3:
        raise UnreadableFile(name, "is no volume of one channel; this system reads scans of several slices")
    spacing = item.geometry.spacing_mm
    across = max(range(3), key=lambda axis: (spacing[axis], axis))
    plane = [axis for axis in (2, 1, 0) if axis != across]
    return np.ascontiguousarray(item.voxels.transpose(across, *plane), np.float32)


def _scan(data: Path, name: str, sides: Sides) -> NDArray[np.float32]:
    values = _volume(data, name)
    values = values if values.shape == sides else resampled(values[None], sides)[0]
    return (values - values.mean()) / max(float(values.std()), 1e-6)


def _tissues(data: Path, name: str, sides: Sides) -> NDArray[np.uint8]:
    path = data / TISSUES / Path(name).name
    if not path.is_file():
        return np.full(sides, IGNORED, np.uint8)
    numbers = _volume(data, f"{TISSUES}/{path.name}").astype(np.uint8)
    return numbers if numbers.shape == sides else resampled_labels(numbers, sides)


def _tissue_names(data: Path, highest: int) -> tuple[str, ...]:
    path = data / TISSUE_NAMES
    said: Mapping[str, Any] = {}
    if path.is_file():
        table = read_table(path)
        said = dict(zip(table.iloc[:, 0].astype(str), table.iloc[:, 1].astype(str), strict=True))
    return tuple(str(said.get(str(number), f"tissue {number}")) for number in range(highest + 1))
