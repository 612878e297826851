"""Which columns of the dataset tell groups of patients apart, and what the evidence says of these groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from thirdeye.dataset.files import FIRST_COLUMNS
from thirdeye.errors import UsageError
from thirdeye.evaluation.subgroups import subgroup_evidence
from thirdeye.evaluation.within_site import within_site_evidence
from thirdeye.intake.splits import are_split_names
from thirdeye.intake.words import listed

BOOKKEEPING = frozenset(name for name in FIRST_COLUMNS if name != "site")


def grouping_columns(rows: pd.DataFrame, asked: Sequence[str] = ()) -> dict[str, list[str]]:
    """Columns that may tell groups apart: all that came with the data but label, part and case.

    Args:
        rows: of the dataset.
        asked: columns that the user named.

    Raises:
        UsageError: an asked column is not there, or is the label or part of the bookkeeping.
    """
    names = [str(name) for name in rows.columns]
    told = BOOKKEEPING | _labels(rows)
    free = [name for name in names if name not in told and not are_split_names(map(str, rows[name]))]
    if "site" in free and any(name != "site" and _alike(rows, name, "site") for name in free):
        free.remove("site")  # the dataset's copy of a column that is there under the user's own name
    for name in asked:
        if name not in names:
            raise UsageError(f"--subgroup {name}: the data have no such column; there are {listed(free, 30)}")
        if name in BOOKKEEPING:
            raise UsageError(f"--subgroup {name}: that column names the case, its label or its part")
    order = [*dict.fromkeys(asked), *(name for name in free if name not in asked)]
    return {name: [str(value) for value in rows[name]] for name in order}


def _labels(rows: pd.DataFrame) -> set[str]:
    """Columns of 0 and 1 from which the labels of the cases were read: they are the answer, not a group."""
    held = [set(str(label).split("|")) for label in rows["label"]] if "label" in rows else []
    named = set().union(*held) & {str(name) for name in rows.columns}
    return {
        name
        for name in named
        if rows[name].nunique() == 2
        and len({(value, name in one) for value, one in zip(rows[name], held, strict=True)}) == 2
    }


def _alike(rows: pd.DataFrame, one: str, other: str) -> bool:
    return [*map(str, rows[one])] == [*map(str, rows[other])]


def join_subgroups(
    entry: dict[str, Any],
    common: Mapping[str, Any],
    rows: pd.DataFrame,
    *,
    probabilities: Any,
    points: Sequence[Mapping[str, Any]],
    asked: Sequence[str] = (),
) -> None:
    """Write subgroups, their family of tests and the areas within sites into one entry of "sets".

    Args:
        entry: of `evaluate_set`.
        common: labels, classes, task, positive and clusters, as for `evaluate_set`.
        rows: of the dataset, one for each case.
        probabilities: (n, K).
        points: operating points, fixed before.
        asked: columns that the user named.
    """
    columns = grouping_columns(rows, asked)
    known = {**common, "probabilities": probabilities, "columns": columns}
    found = subgroup_evidence(**known, asked=asked, operating_points=points)
    entry["subgroups"] = list(found.attributes)
    entry["subgroup_tests"] = found.family | {"left_out": list(found.left_out)}
    entry["within_site"] = within_site_evidence(**known)
