"""Whether the cases are those of practice, or the easy ends of the spectrum."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import count_classes
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.words import listed, tokens, word_set

NAME = "spectrum"
FEW_BETWEEN = 0.10
_HEALTHY = word_set(
    "healthy volunteer volunteers control controls sain saine temoin temoins gesund kontrolle kontrollen "
    "sano controllo"
)
_MOST_VALUES = 12
_SOURCE = "SPEC 3 spectrum; Lijmer 1999 (JAMA 282:1061); Rutjes 2006 (CMAJ 174:469)"


@register_check(NAME, title="Spectrum of disease", about="variety")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Healthy controls by name, and severities of which only the ends occur."""
    collection = exhibits.collection
    if collection.task not in CLASSIFICATION or len(collection.classes) < 2:
        raise NotApplicable("the images have no classes")
    healthy = _healthy(exhibits.rows, collection.classes)
    if healthy:
        yield Finding(
            check=NAME,
            severity="warning",
            message=f"Healthy people seem to stand for the undiseased ({listed(healthy)}). Telling them from "
            f"the ill is "
            "easier than the question in practice, so that the figures will be too good.",
            evidence={"names": healthy},
            remedy="Take as undiseased those who had the same complaint and turned out not to have the "
            "disease",
            source=_SOURCE,
        )
    if collection.task == "ordinal" and len(collection.classes) > 2:
        yield from _ends_only(exhibits.rows, collection.classes)


def _healthy(rows: pd.DataFrame, classes: tuple[str, ...]) -> list[str]:
    """Class names, or values of the table's columns, that speak of healthy controls."""
    found = [f"class '{name}'" for name in classes if _HEALTHY & set(tokens(name))]
    if found:
        return found
    for column in rows.columns:
        values = rows[column].unique()
        if column in ("image", "case", "patient", "label") or len(values) > _MOST_VALUES:
            continue
        found += [f"{column} '{value}'" for value in values if _HEALTHY & set(tokens(str(value)))]
    return found


def _ends_only(rows: pd.DataFrame, classes: tuple[str, ...]) -> Iterator[Finding]:
    counts = count_classes(rows, classes)
    between = sum(counts[name] for name in classes[1:-1]) / max(1, sum(counts.values()))
    if between >= FEW_BETWEEN:
        return
    yield Finding(
        check=NAME,
        severity="warning",
        message=f"Only {100 * between:.0f} % of the cases lie between '{classes[0]}' and '{classes[-1]}'. "
        f"The ends of a "
        "scale are easy to tell apart; the cases in between are those that need a reader.",
        evidence={"counts": counts},
        remedy="Add cases of the grades in between, as they come in practice",
        source=_SOURCE,
    )
