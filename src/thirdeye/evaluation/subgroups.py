"""Subgroups and fairness: the measures of every group, the gaps between groups, one verdict per attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.attributes import (
    FLOOR,
    MOST_LEVELS,
    NOT_RECORDED,
    TOO_FEW,
    Attribute,
    crossed,
    read_attribute,
)
from thirdeye.evaluation.case_set import CaseSet, read_case_set
from thirdeye.evaluation.gap import Gap
from thirdeye.evaluation.gap_family import AttributeGaps, adjust_family, attribute_gaps
from thirdeye.evaluation.gap_verdict import gap_verdict
from thirdeye.evaluation.group_measures import group_measures
from thirdeye.evaluation.level_metrics import level_json

MOST_ATTRIBUTES = 12
TELLING = 0.98  # share of cases whose class the group names: such a column is the label under another name
FIRST = ("sex", "age", "group", "site", "device", "anatomy", "other")


@dataclass(frozen=True)
class Subgroups:
    """What `subgroup_evidence` found, JSON-ready.

    Args:
        attributes: one entry per attribute.
        family: how many tests there were and how they were adjusted.
        left_out: columns that were not used, each with the reason.
    """

    attributes: tuple[dict[str, Any], ...]
    family: dict[str, Any]
    left_out: tuple[dict[str, str], ...] = field(default=())


def subgroup_evidence(
    *,
    labels: Any,
    probabilities: Any,
    classes: Sequence[str],
    task: str,
    positive: str | None,
    clusters: Any,
    columns: Mapping[str, Sequence[Any]],
    asked: Sequence[str] = (),
    operating_points: Sequence[Mapping[str, Any]] = (),
    level: float = 0.95,
) -> Subgroups:
    """Measures and gaps of every group of every attribute.

    Every test of the family "performance" (AUC, sensitivity, false-positive rate, calibration in the large;
    with many classes macro AUC, balanced accuracy and the sensitivity of each class) is adjusted together
    with all others by Holm's method, over all attributes, so that the chance of any false alarm in the whole
    table is at most 1 - `level`. Predictive values, selection rate and accuracy follow the prevalence; they
    are a family of their own and carry no verdict.

    Args:
        labels, probabilities, classes, task, positive, clusters: as for `evaluate_set`.
        columns: name to the value of each case, (n,) of any type.
        asked: columns that the user named: used even if they look like an identifier.
        operating_points: fixed before.
        level: confidence level; one minus it is the level of the family.

    Raises:
        UsageError: a column has another length, an asked column is not there; or as `evaluate_set`.
    """
    cases = read_case_set(
        labels=labels, probabilities=probabilities, classes=classes, task=task, positive=positive,
        clusters=clusters, operating_points=operating_points, level=level,
    )  # fmt: skip
    attributes, left_out = choose_attributes(cases, columns, asked=asked)
    measures = group_measures(cases, task)
    found = [attribute_gaps(attribute, measures, level=level) for attribute in attributes]
    found, family = adjust_family(found, alpha=round(1 - level, 12))
    entries = tuple(_entry(cases, task, one, family) for one in found)
    return Subgroups(entries, family, tuple(left_out))


def choose_attributes(
    cases: CaseSet, columns: Mapping[str, Sequence[Any]], *, asked: Sequence[str] = ()
) -> tuple[list[Attribute], list[dict[str, str]]]:
    """The attributes of a set and the columns that are none, each with the reason.

    Sex, age, skin type, site, device and anatomy come first; at most `MOST_ATTRIBUTES` besides those asked
    for, because every further one costs the others power.
    """
    missing = [name for name in asked if name not in columns]
    if missing:
        known = ", ".join(columns) or "none"
        raise UsageError(f"there is no column '{missing[0]}' to group by; the data have: {known}")
    found, left_out = [], []
    for name, values in columns.items():
        if len(values) != cases.n:
            raise UsageError(
                f"column '{name}': expected one value for each of {cases.n} cases, got {len(values)}"
            )
        attribute = read_attribute(name, values)
        why = _unfit(cases, attribute, name in asked)
        if why:
            left_out.append({"column": name, "reason": why})
        else:
            found.append(attribute)
    found.sort(key=lambda one: (one.column not in asked, FIRST.index(one.kind)))
    kept, beyond = found[: MOST_ATTRIBUTES + len(asked)], found[MOST_ATTRIBUTES + len(asked) :]
    left_out += [{"column": one.column, "reason": f"beyond the {MOST_ATTRIBUTES} first"} for one in beyond]
    both = _sex_and_age(cases, kept)
    return [*kept, *([both] if both else [])], left_out


def _unfit(cases: CaseSet, attribute: Attribute, asked: bool) -> str | None:
    """Why a column is no attribute of this set."""
    named = attribute.named
    if not named and attribute.levels == (NOT_RECORDED,):
        return "nothing is recorded"
    if not named:
        count = len(attribute.merged)
        return (
            f"one value, with fewer than {FLOOR} cases"
            if count == 1
            else f"{count} values, none with {FLOOR} cases"
        )
    if len(attribute.levels) == 1:
        return f"one value only: {attribute.levels[0]}"
    if not asked and attribute.cut_points and attribute.kind != "age":
        return "a number with many values; ask for it by name to group by its quartiles"
    if not asked and len(attribute.merged) > MOST_LEVELS:
        return f"{len(attribute.merged) + len(named)} values: it looks like an identifier"
    if not asked and all(np.unique(cases.groups.codes[attribute.rows(code)]).size == 1 for code in named):
        return "every value is of one patient: it looks like an identifier"
    if len(named) > 1 and _tells(cases, attribute):
        return "it tells the label: nearly every value goes with one class"
    return None


def _tells(cases: CaseSet, attribute: Attribute) -> bool:
    """Whether the group names the class, nearly always, and not because one class is so common."""
    tables = np.stack([cases.membership[attribute.rows(code)].sum(axis=0) for code in attribute.named])
    n = float(np.isin(attribute.codes, attribute.named).sum())
    told, most = tables.max(axis=1).sum() / n, tables.sum(axis=0).max() / n
    return bool(told >= TELLING and 1 - told < (1 - most) / 10)


def _sex_and_age(cases: CaseSet, attributes: Sequence[Attribute]) -> Attribute | None:
    """Both together where at least three groups of the crossing are large enough to be judged."""
    kinds = {one.kind: one for one in reversed(attributes) if one.kind in ("sex", "age")}
    if len(kinds) < 2:
        return None
    both = crossed(kinds["sex"], kinds["age"], floor=2 * FLOOR)
    column = cases.positive
    if column is None:
        return both if len(both.named) >= 3 else None
    truth = cases.membership[:, column]
    large = [
        code for code in both.named
        if min((truth & both.rows(code)).sum(), (~truth & both.rows(code)).sum()) >= FLOOR
    ]  # fmt: skip
    return both if len(large) >= 3 else None


def _entry(cases: CaseSet, task: str, found: AttributeGaps, family: Mapping[str, Any]) -> dict[str, Any]:
    attribute = found.attribute
    tests = int(family["performance"]["tests"])
    return {
        "column": attribute.column,
        "kind": attribute.kind,
        "cut_points": list(attribute.cut_points),
        "merged": dict(list(attribute.merged.items())[:MOST_LEVELS]),
        "n_merged": len(attribute.merged),
        "levels": [
            {
                "value": name,
                **level_json(cases, attribute.rows(code), task, group=name in (NOT_RECORDED, TOO_FEW)),
            }
            for code, name in enumerate(attribute.levels)
        ],
        "gaps": [
            _gap_json(gap, int(family[gap.measure.family]["tests"]))
            for gap in found.gaps
            if gap.difference.value is not None
        ],
        "largest_gaps": [dict(one) for one in found.largest],
        **gap_verdict(found, tests=tests, alpha=1 - cases.level),
    }


def _gap_json(gap: Gap, tests: int) -> dict[str, Any]:
    return {
        "name": gap.measure.name,
        "class": gap.measure.class_name,
        "term": gap.measure.term,
        "family": gap.measure.family,
        "operating_point": gap.difference.operating_point,
        "level": gap.level,
        "against": gap.against,
        "first": gap.first,
        "second": gap.second,
        "difference": gap.difference.as_json(),
        "test": gap.test,
        "p_value": gap.p_value,
        "p_adjusted": gap.p_adjusted,
        "not_tested": gap.untested,
        "half_width": gap.half_width,
        "detectable": gap.detectable(max(tests, 1)),
    }
