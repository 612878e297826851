"""Everything known of an image beside its picture, sorted by what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.facts import ImageFacts
from thirdeye.intake.probe.roles import column_roles
from thirdeye.intake.probe.target import Target

_OF_THE_FILE = (
    "format", "modality", "photometric", "body_part", "view", "laterality", "manufacturer", "device", "kind",
    "orientation", "height", "width", "depth", "bits", "is_colour", "row_spacing_mm", "column_spacing_mm",
    "slice_spacing_mm", "rate_hz",
)  # fmt: skip
_OF_THE_FILE_TOO = ("jpeg_quality",)  # of the gauge columns
_OF_SIGNALS = {"height": "number of channels", "width": "length in samples"}  # what the facts mean by these
TEXT_MARKS = "marks"  # gauge columns that begin so belong to `shortcut.text`


@dataclass(frozen=True)
class Metadata:
    """Columns by what they are about; rows as in the target.

    Args:
        acquisition: how the picture was taken: table columns and facts of the files.
        collecting: how the set was put together: which patients are named, images a patient.
        quality: what the gauges measured of the picture.
        clinical: of the patient.
        other: further columns of the table.
        same: names of columns that say the label in other words.
    """

    acquisition: pd.DataFrame
    collecting: pd.DataFrame
    quality: pd.DataFrame
    clinical: pd.DataFrame
    other: pd.DataFrame
    same: tuple[str, ...]


def metadata_of(exhibits: Exhibits, target: Target) -> Metadata:
    """Columns with at least two values, each once; the label itself, names and numbers are left out."""
    roles = column_roles(target.rows, target.membership)
    by_role = {role: [c for c, held in roles.items() if held == role] for role in set(roles.values())}
    facts = exhibits.facts.iloc[target.positions]
    held = {column: target.rows[column].astype(str) for column in by_role.get("acquisition", [])}
    acquisition = {**held, **_of_files(facts, list(held))}
    measured = [c for c in gauge_columns(facts) if not c.startswith(TEXT_MARKS) and c not in _OF_THE_FILE_TOO]
    return Metadata(
        acquisition=_distinct(acquisition, target.rows.index),
        collecting=_distinct(_of_patients(target), target.rows.index),
        quality=_distinct({c: facts[c] for c in measured}, target.rows.index),
        clinical=_distinct({c: target.rows[c] for c in by_role.get("clinical", [])}, target.rows.index),
        other=_distinct({c: target.rows[c] for c in by_role.get("other", [])}, target.rows.index),
        same=tuple(by_role.get("same", ())),
    )


def gauge_columns(facts: pd.DataFrame) -> list[str]:
    """Columns that gauges added."""
    own = {field.name for field in fields(ImageFacts)}
    return [column for column in facts.columns if column not in own]


def _of_files(facts: pd.DataFrame, taken: list[str]) -> Mapping[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    for name in (*_OF_THE_FILE, *_OF_THE_FILE_TOO):
        if name in facts.columns and name not in taken:
            columns[name] = facts[name]
    if "kind" in facts.columns and (facts["kind"] == "signal").all():
        return {_OF_SIGNALS.get(name, name): values for name, values in columns.items()}
    if {"width", "height"} <= set(facts.columns):
        columns["aspect"] = (facts["width"] / facts["height"].where(facts["height"] > 0)).round(3)
    return columns


def _of_patients(target: Target) -> Mapping[str, pd.Series]:
    """Whether the patient is named, and how many images there are of him."""
    patients = target.rows["patient"]
    columns = {}
    if (patients == "").any() and (patients != "").any():
        columns["whether the patient is named"] = (patients != "").astype(str)
    sizes = np.bincount(target.groups)[target.groups]
    if (patients != "").any():
        columns["number of images of the patient"] = pd.Series(sizes, index=patients.index)
    return columns


def _distinct(columns: Mapping[str, pd.Series], index: pd.Index) -> pd.DataFrame:
    """Columns that vary; of columns that repeat each other the first."""
    kept: dict[str, np.ndarray] = {}
    seen: set[bytes] = set()
    for name, values in columns.items():
        codes = pd.factorize(values.astype(str))[0]
        key = codes.astype(np.int64).tobytes()
        if codes.max(initial=0) > 0 and key not in seen:
            seen.add(key)
            kept[name] = values.to_numpy()
    return pd.DataFrame(kept, index=index)
