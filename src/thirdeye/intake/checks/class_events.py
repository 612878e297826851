"""How exactly these data can be measured on: the width of the intervals that the test part allows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from thirdeye.evaluation.auc import hanley_mcneil_variance
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.proportion import wilson
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import count_classes
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import counted, listed

NAME = "class.events"
ENOUGH = 100
WANTED_HALF_WIDTH = 0.10
RATE, AREA = 0.90, 0.85  # sensitivity and AUC at which the widths are worked out
DRAWN_SHARE = 0.2  # of the test part that is drawn where the data state none
_SOURCE = "SPEC 3 events: 100 events and 100 non-events (Vergouwe 2005, Collins 2016); Hanley & McNeil 1982"


@dataclass(frozen=True)
class _Precision:
    """What the test part allows for one class.

    Args:
        name: class.
        events, others: patients with and without it in the test part.
        sensitivity, specificity, area: half widths of the 95 % intervals.
    """

    name: str
    events: int
    others: int
    sensitivity: float
    specificity: float
    area: float

    @property
    def is_wide(self) -> bool:
        """True where sensitivity or specificity is less exact than wanted."""
        return max(self.sensitivity, self.specificity) > WANTED_HALF_WIDTH


@register_check(NAME, title="Exactness that the test part allows", about="volume")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Fewer than 100 cases with, or without, a class in the test part."""
    collection = exhibits.collection
    if collection.task not in CLASSIFICATION or len(collection.classes) < 1:
        raise NotApplicable("the images have no classes")
    stated = exhibits.rows[exhibits.rows["split"] == "test"]
    rows, share = (stated, 1.0) if len(stated) else (exhibits.rows, DRAWN_SHARE)
    each = [p for p in _precisions(rows, collection.classes, share) if min(p.events, p.others) < ENOUGH]
    if len(collection.classes) == 2 and collection.task != "multilabel":
        each = [p for p in each if p.name == (collection.positive or collection.classes[1])]
    each = [p for p in each if p.events and p.others]
    if each:
        unit = "patient" if collection.patient_known else "case"
        yield _finding(each, unit, is_stated=bool(len(stated)))


def _precisions(rows: pd.DataFrame, classes: tuple[str, ...], share: float) -> list[_Precision]:
    counts = count_classes(rows, classes)
    everyone = rows["patient"].where(rows["patient"] != "", rows["image"]).nunique()
    found = []
    for name in classes:
        events = round(share * counts[name])
        others = max(0, round(share * everyone) - events)
        if events and others:
            found.append(
                _Precision(name, events, others, _half(events), _half(others), _half_area(events, others))
            )
    return found


def _half(n: int) -> float:
    """Half the width of Wilson's interval of a rate of `RATE` among n."""
    low, high = wilson(RATE * n, n)
    return (high - low) / 2


def _half_area(events: int, others: int) -> float:
    return two_sided_z(0.95) * float(hanley_mcneil_variance(AREA, events, others)) ** 0.5


def _finding(each: list[_Precision], unit: str, *, is_stated: bool) -> Finding:
    worst = min(each, key=lambda p: min(p.events, p.others))
    wide = [p for p in each if p.is_wide]
    rows = [
        [p.name, p.events, p.others, *(round(v, 3) for v in (p.sensitivity, p.specificity, p.area))]
        for p in each
    ]
    part = "The test part" if is_stated else f"A test part of {100 * DRAWN_SHARE:.0f} %"
    names = "" if len(each) == 1 else f" (fewest of {listed([p.name for p in each], 8)})"
    return Finding(
        check=NAME,
        severity="warning" if wide else "info",
        message=f"{part} has {counted(worst.events, unit)} with '{worst.name}' and {worst.others:,} "
        f"without{names}: a "
        f"sensitivity of {100 * RATE:.0f} % would be known to about +-{100 * worst.sensitivity:.0f} points, "
        f"a specificity of "
        f"{100 * RATE:.0f} % to +-{100 * worst.specificity:.0f}, an AUC of {AREA} to +-{worst.area:.2f}.",
        evidence={
            "events": {p.name: p.events for p in each},
            "table": {
                "columns": ["class", "with", "without", "sensitivity +-", "specificity +-", "AUC +-"],
                "rows": rows,
            },
        },
        remedy=f"For sound figures, have at least {ENOUGH} {unit}s with and {ENOUGH} without in the test "
        f"part",
        source=_SOURCE,
    )
