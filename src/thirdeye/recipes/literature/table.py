"""The published evidence as flat rows, for CSV; every value has its source in a column of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.lines import headline_text
from thirdeye.recipes.literature.practice import PRACTICES
from thirdeye.recipes.literature.read import contradictions_of
from thirdeye.recipes.literature.read import studies as all_studies
from thirdeye.recipes.literature.study import Contradiction, Fact, PublishedStudy, Result
from thirdeye.report.literature.lines import Count, Literature, Recomputed, Share

Row = dict[str, Any]
_FACTS = ("title", "journal", "origin", "question", "modality", "network", "pretrained", "augmentation",
          "preprocessing", "labels", "specialists", "data_sets", "software")  # fmt: skip
_SIZES = ("total", "train", "test", "second_test", "patients")


def rows(studies: Sequence[PublishedStudy], shown: Literature, table: str) -> list[Row]:
    """Rows of one table, all with the same columns.

    Raises:
        UsageError: an unknown table.
    """
    makers: dict[str, Callable[[], list[Row]]] = {
        "studies": lambda: [_study(study) for study in studies],
        "numbers": lambda: [row for study in studies for row in _numbers(study)],
        "counts": lambda: [_joined(asdict(count)) for count in shown.counts],
        "contradictions": lambda: [_joined(asdict(one)) for one in contradictions_of(studies)],
        "intervals": lambda: [asdict(one) for one in shown.recomputed],
        "shares": lambda: [asdict(share) for share in shown.shares],
    }
    if table not in makers:
        raise UsageError(f"no table '{table}'; there are {', '.join(makers)}")
    return makers[table]()


def columns(table: str) -> list[str]:
    """The columns of a table, whether or not it has rows.

    Raises:
        UsageError: an unknown table.
    """
    kinds = {"numbers": Result, "counts": Count, "contradictions": Contradiction, "intervals": Recomputed,
             "shares": Share}  # fmt: skip
    if table == "studies":
        return list(_study(all_studies()[0]))
    if table not in kinds:
        raise UsageError(f"no table '{table}'; there are studies, {', '.join(kinds)}")
    named = [field.name for field in fields(kinds[table])]
    return ["id", "name", *named] if table == "numbers" else named


def _study(study: PublishedStudy) -> Row:
    row: Row = {
        "id": study.id, "author": study.author, "year": study.year, "reference": study.reference,
        "specialty": study.specialty, "region": study.region, "tasks": "; ".join(study.tasks),
        "networks": "; ".join(study.networks), "link": study.link,
    }  # fmt: skip
    groups = ((study.facts, _FACTS), (study.sizes, _SIZES), (study.practice, PRACTICES))
    for facts, names in groups:
        for name in names:
            row |= _sourced(name, facts.get(name))
    return {**row, "unit": study.unit, "quoted_by_the_review": headline_text(study)}


def _sourced(name: str, fact: Fact | None) -> Row:
    if fact is None:
        return {name: None, f"{name}_source": None, f"{name}_in_review": None}
    return {name: fact.value, f"{name}_source": fact.source, f"{name}_in_review": fact.in_review}


def _numbers(study: PublishedStudy) -> Iterator[Row]:
    for result in study.results:
        yield {"id": study.id, "name": study.name, **asdict(result)}


def _joined(row: Row) -> Row:
    return {name: "; ".join(value) if isinstance(value, tuple) else value for name, value in row.items()}
