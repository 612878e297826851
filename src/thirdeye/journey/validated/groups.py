"""Groups of patients that a reader was not measured on: absent, too few, or not recorded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from thirdeye.evaluation.attributes import FLOOR, read_attribute
from thirdeye.evaluation.columns import AGE_CUTS, Kind, is_absent, kind_of, sex, years
from thirdeye.intake.words import counted, listed

MOST_NAMED = 6
SEXES = ("female", "male")
_BANDS = (0.0, *map(float, AGE_CUTS), np.inf)
_CALLED: dict[Kind, str] = {
    "device": "Devices",
    "anatomy": "Parts of the body",
    "group": "Groups of people",
    "site": "Sites",
}
_VIEWS = {"view": "Views", "laterality": "Sides"}  # columns that tell no part of the body


@dataclass(frozen=True)
class Cases:
    """The cases that a reader was measured on.

    Args:
        rows: of the dataset, one for each case.
        columns: that may tell groups apart.
        group: name of what keeps images together; "image" where nothing is known.
    """

    rows: pd.DataFrame
    columns: Sequence[str]
    group: str

    @property
    def patients_known(self) -> bool:
        """Whether "patient" says what belongs together."""
        return self.group != "image"

    @property
    def unit(self) -> str:
        """What is counted."""
        return cluster_of(self.group) if self.patients_known else "image"

    def texts(self, column: str, *, every: bool = False) -> list[str]:
        """One value for each unit that is counted: of a patient the first that says something.

        Args:
            column: whose values.
            every: of a patient each value that some image has once, as of views or devices.
        """
        rows = self.rows.assign(_said=[str(value) for value in self.rows[column]])
        if self.patients_known:
            rows = rows.assign(_no=[is_absent(text) for text in rows["_said"]])
            rows = rows.sort_values("_no", kind="stable")
            nothing = rows["_no"] & rows["patient"].isin(rows.loc[~rows["_no"], "patient"])
            told = ["patient", "_said"] if every else ["patient"]
            rows = rows[~nothing].drop_duplicates(told)
        return list(rows["_said"])

    def counted(self, number: int) -> str:
        """ "3 patients", "none"."""
        return counted(number, self.unit) if number else "none"


def cluster_of(group: str) -> str:
    """What images of one `group` belong to: "patient", "lesion" or "group"."""
    return next((noun for noun in ("patient", "lesion") if noun in group.lower()), "group")


def group_sentences(cases: Cases) -> Iterator[str]:
    """One sentence for each kind of group that is absent, too small or not recorded.

    Args:
        cases: those that the reader was measured on.
    """
    told = [name for name in cases.columns if not all(map(is_absent, cases.texts(name)))]
    kinds = {kind: name for name in reversed(told) if (kind := kind_of(name)) != "other"}
    yield from _ages(cases, kinds.get("age"))
    yield from _sexes(cases, kinds.get("sex"))
    for kind, called in _CALLED.items():
        if kind in kinds:
            yield from _levels(cases, kinds[kind], _VIEWS.get(_word(kinds[kind]), called))


def _word(column: str) -> str:
    """Which of the words of `_VIEWS` the name of a column has; "" for none."""
    return next((word for word in _VIEWS if word in column.lower()), "")


def _ages(cases: Cases, column: str | None) -> Iterator[str]:
    said = [years(text) for text in cases.texts(column) if not is_absent(text)] if column else []
    ages = np.asarray([value for value in said if value is not None])
    if not ages.size:
        yield "Age groups: the age of these patients is not recorded."
        return
    few = [
        f"{name} ({cases.counted(number)})"
        for name, number in zip(_band_names(), np.histogram(ages, _BANDS)[0].tolist(), strict=True)
        if number < FLOOR
    ]
    if few:
        yield f"Ages: {listed(few, MOST_NAMED)}; the youngest was {ages.min():g}, the oldest {ages.max():g}."
    yield from _unsaid(cases, column or "", "Age")


def _band_names() -> list[str]:
    first, last = AGE_CUTS[0], AGE_CUTS[-1]
    between = [f"{low} to under {high}" for low, high in pairwise(AGE_CUTS)]
    return [f"under {first}", *between, f"{last} and over"]


def _sexes(cases: Cases, column: str | None) -> Iterator[str]:
    found = [sex(text) for text in cases.texts(column) if not is_absent(text)] if column else []
    if not found:
        yield "Women and men apart: the sex of these patients is not recorded."
        return
    few = [(name, found.count(name)) for name in SEXES if found.count(name) < FLOOR]
    if few:
        told = [f"{name} ({cases.counted(number)})" for name, number in few]
        yield f"Sex: {listed(told, MOST_NAMED)}."
    yield from _unsaid(cases, column or "", "Sex")


def _levels(cases: Cases, column: str, called: str) -> Iterator[str]:
    attribute = read_attribute(column, cases.texts(column, every=True))
    names = [attribute.levels[code] for code in attribute.named]
    if len(names) == 1 and not attribute.merged:
        yield f"{called} other than {names[0]} (“{column}”): none."
    few = [f"{name} ({cases.counted(number)})" for name, number in attribute.merged.items()]
    if few:
        yield f"{called} (“{column}”) with too few cases to judge: {listed(few, MOST_NAMED)}."
    yield from _unsaid(cases, column, called)


def _unsaid(cases: Cases, column: str, called: str) -> Iterator[str]:
    """Where more than one in ten is unknown."""
    texts = cases.texts(column)
    number = sum(is_absent(text) for text in texts)
    if 10 * number > len(texts) > number:
        yield f"{called}: not recorded for {cases.counted(number)} of {len(texts):,}."
