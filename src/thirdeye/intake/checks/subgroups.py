"""Who is in the set: age, sex, site, device, and the shares of the classes among them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from thirdeye.evaluation.columns import AGE_CUTS, kind_of, years
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import count_classes
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.encode import as_number, is_missing
from thirdeye.intake.words import listed, shown_name, tokens

NAME = "subgroups"
OLDEST = 200  # years; beyond it no age is meant
SMALL = 20  # patients; below it no figure of the group means anything
_KINDS = ("age", "sex", "site", "device", "group")
_NOT = {"lesion", "image", "id"}
_MOST_VALUES = 12
_SOURCE = "SPEC 3 strata.hidden, fairness; TRIPOD+AI items 14 and 21; CLAIM 2024 item 35"


@register_check(NAME, title="Who is in the set", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Counts of patients by age band, sex, site, device, each with its classes."""
    rows, collection = exhibits.rows, exhibits.collection
    columns = {column: kind for column in rows.columns if (kind := _kind(column)) is not None}
    found = {c: _bands(rows[c]) if kind == "age" else _values(rows[c]) for c, kind in columns.items()}
    groups = {c: held for c, held in found.items() if held is not None}
    if not groups:
        raise NotApplicable("neither age, sex, site nor device is known")
    classes = collection.classes if collection.task in CLASSIFICATION else ()
    table, small = [], []
    for column, held in groups.items():
        for name, inside in rows.groupby(held.to_numpy(), sort=False):
            people = int(inside["patient"].where(inside["patient"] != "", inside["image"]).nunique())
            counts = count_classes(inside, classes)
            table.append([column, str(name), people, len(inside), *(counts[c] for c in classes)])
            if people < SMALL and name != "(missing)":
                small.append(f"{column} {shown_name(str(name))} ({people})")
    table.sort(key=lambda row: (list(groups).index(row[0]), str(row[1])))
    said = f" Too few for a figure of their own: {listed(small, 6)}." if small else ""
    yield Finding(
        check=NAME,
        severity="info",
        message=f"Known of the patients: "
        f"{listed([_spread(c, rows[c], kind) for c, kind in columns.items() if c in groups], 8)}.{said}",
        evidence={"table": {"columns": ["column", "group", "patients", "images", *classes], "rows": table}},
        remedy="Results are given for each group; a reader is not to be trusted for groups that are not in "
        "the data",
        source=_SOURCE,
    )


def _kind(column: str) -> str | None:
    kind = kind_of(column)
    return kind if kind in _KINDS and not _NOT & set(tokens(column)) else None


def _bands(values: pd.Series) -> pd.Series | None:
    ages = _ages(values)
    if ages is None:
        return None
    names = [f"0 to {AGE_CUTS[0] - 1}", *(f"{low} to {high - 1}" for low, high in pairwise(AGE_CUTS))]
    banded = pd.cut(
        pd.Series(ages, index=values.index), [0, *AGE_CUTS, OLDEST], right=False,
        labels=[*names, f"{AGE_CUTS[-1]} and over"],
    )  # fmt: skip
    return banded.astype(object).where(banded.notna(), "(missing)")


def _ages(values: pd.Series) -> np.ndarray | None:
    """Years, also of DICOM's ``"045Y"``; None where they are no numbers."""
    text = values.astype(str).str.strip().where(~is_missing(values), "")
    return as_number(text.map(lambda one: str(years(one)) if one and years(one) is not None else one))


def _values(values: pd.Series) -> pd.Series | None:
    text = values.astype(str).where(~is_missing(values), "(missing)")
    known = text[text != "(missing)"].nunique()
    return text if 1 <= known <= _MOST_VALUES else None


def _spread(column: str, values: pd.Series, kind: str) -> str:
    """A column in a few words: ``"age 18 to 85, median 52"``, ``"sex: female 48 %, male 52 %"``."""
    if kind == "age":
        ages = _ages(values)
        known = np.array([]) if ages is None else ages[np.isfinite(ages)]
        if not known.size:
            return column
        low, high = f"{known.min():.0f}", f"{known.max():.0f}"
        return (
            f"{column} {low}" if low == high else f"{column} {low} to {high} (median {np.median(known):.0f})"
        )
    shares = values.astype(str)[~is_missing(values)].value_counts(normalize=True)
    return f"{column} " + " / ".join(
        f"{shown_name(str(name))} {100 * part:.0f} %" for name, part in shares.iloc[:4].items()
    )
