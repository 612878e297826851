"""Who labelled, and how it was proven."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thirdeye.evaluation.distributions import chi2_upper_p
from thirdeye.intake.association import chi_square, cramers_v
from thirdeye.intake.checks.check import NotApplicable, register_check
from thirdeye.intake.class_counts import SEPARATOR
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.probe.roles import is_proof
from thirdeye.intake.words import listed, shown_name, tokens, word_set

NAME = "labels.source"
STRONG = 0.3
LEVEL = 0.01
_MACHINE = word_set(
    "ai model network nlp automatic automated auto algorithm chexpert report reports text mined llm gpt"
)
_SINGLE = word_set("single one")
_SOURCE = "SPEC 3 refstd; QUADAS-2 (Whiting 2011): reference standard, differential verification"


@register_check(NAME, title="Who labelled, and how it was proven", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """One class proven in another way than the others, labels from programs, and labels of unknown origin."""
    collection, rows = exhibits.collection, exhibits.rows
    if collection.task not in CLASSIFICATION or len(collection.classes) < 2:
        raise NotApplicable("the images have no classes")
    columns = [
        column for column in rows.columns if is_proof(column) and rows[column].astype(str).ne("").any()
    ]
    for column in columns:
        yield _told(column, rows)
        yield from _by_program(column, rows)
    readers = [c for c in rows.columns if c.startswith("annotator")]
    if not columns and not readers and collection.readings.empty:
        yield Finding(
            check=NAME,
            severity="info",
            message="Nothing says who labelled the images, or how the labels were proven.",
            remedy="Add a column label_source (histology, follow-up, consensus of three, one reader, "
            "report): no "
            "figure can be better than the labels that it is measured against",
            source=_SOURCE,
        )


def _told(column: str, rows: pd.DataFrame) -> Finding:
    """How many are proven in which way, and whether that goes with the class."""
    values = rows[column].astype(str).where(rows[column].astype(str) != "", "(not said)")
    labels = rows["label"].str.split(SEPARATOR, regex=False).str[0]
    counts = pd.crosstab(labels, values)
    shares = values.value_counts(normalize=True)
    ways = listed([f"{shown_name(str(way))} {100 * part:.0f} %" for way, part in shares.items()], 6)
    strength = cramers_v(counts)
    statistic, freedom = chi_square(counts)
    differs = strength >= STRONG and freedom > 0 and chi2_upper_p(statistic, freedom) < LEVEL
    message = f"How the labels were proven ('{column}'): {ways}."
    if differs:
        message += f" This differs between the classes (Cramer's V {strength:.2f}; {_extreme(counts)})."
    return Finding(
        check=NAME,
        severity="warning" if differs else "info",
        message=message,
        evidence={
            "column": column,
            "cramers_v": round(strength, 3),
            "table": {
                "columns": ["class", *map(str, counts.columns)],
                "rows": [
                    [str(name), *(int(n) for n in row)]
                    for name, row in zip(counts.index, counts.to_numpy(), strict=True)
                ],
            },
        },
        remedy="Report figures for each way of proof apart; cases whose proof was thought unnecessary are "
        "the easy ones"
        if differs
        else "Name it in the report",
        source=_SOURCE,
    )


def _extreme(counts: pd.DataFrame) -> str:
    """The way of proof whose share varies most between the classes, in words."""
    shares = counts.div(counts.sum(axis=1), axis=0)
    way = (shares.max() - shares.min()).idxmax()
    low, high = shares[way].idxmin(), shares[way].idxmax()
    return (
        f"{shown_name(str(way))}: {100 * shares[way][low]:.0f} % of '{low}', {100 * shares[way][high]:.0f} % "
        f"of '{high}'"
    )


def _by_program(column: str, rows: pd.DataFrame) -> Iterator[Finding]:
    """Values that speak of programs, of reports, or of one reader only."""
    values = rows[column].astype(str)
    by_program = [value for value in values.unique() if _MACHINE & set(tokens(value))]
    by_one = [
        v
        for v in values.unique()
        if _SINGLE & set(tokens(v)) and {"reader", "annotator", "rater"} & set(tokens(v))
    ]
    for found, words in (
        (by_program, "come from a program or from report text"),
        (by_one, "come from one reader only"),
    ):
        images = tuple(rows.index[values.isin(found)])
        if images:
            yield Finding(
                check=NAME,
                severity="warning",
                message=f"{len(images):,} labels {words} ({column}: {listed(found)}).",
                cases=images,
                evidence={"column": column, "values": found},
                remedy="Have the test part read by several people, or proven otherwise; a reader that agrees "
                "with a "
                "program is not thereby right",
                source=_SOURCE,
            )
