"""Hidden strata: groups on which the network does worst, sought on one side and judged on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.multiplicity import adjusted
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.strata_candidates import Candidate, fact_candidates, feature_candidates
from thirdeye.evaluation.strata_measure import caution_score, excess_error, permutation_p
from thirdeye.evaluation.strata_side import Flags, Side
from thirdeye.evaluation.strata_words import distinguishing, in_words
from thirdeye.evaluation.threshold import half

FEWEST_SOUGHT = 80
FEWEST_ERRORS = 10
ALPHA = 0.05
MOST_EXAMPLES = 8
HOW = (
    "Groups were sought on validation cases: every value of the metadata, the lowest and highest third of "
    "every image fact, pairs of these, and clusters of the network's features. Of either sort the one whose "
    "cases are wrong most surely oftener than others of the same class was then measured on cases that had "
    "no part in the choice, and tested there by dealing membership anew among the patients of each class."
)


def strata_evidence(sought: Side, held_out: Side, *, seed: int = 0) -> dict[str, Any]:
    """The entry "strata" of a set: the worst group by facts and the worst by features.

    The worst group of those many would look bad by chance alone if it were measured where it was chosen; so
    it is chosen on `sought` and measured on `held_out`. The p values of the groups that are carried over are
    adjusted by Holm's method.

    Args:
        sought: cases that the network did not learn from and that are not judged (validation).
        held_out: the cases of the set.
        seed: of the permutations.
    """
    errors = int(sought.wrong.sum())
    if sought.cases.n < FEWEST_SOUGHT or min(errors, sought.cases.n - errors) < FEWEST_ERRORS:
        why = f"{sought.cases.n} validation cases with {errors} errors are too few to seek groups in"
        return {"how": HOW, "searched": 0, "groups": [], "reason": why, "verdict": f"Not sought: {why}."}
    pools = [fact_candidates(sought, held_out), feature_candidates(sought, held_out)]
    chosen = [one for pool in pools if (one := _worst(sought, pool)) is not None]
    searched = sum(map(len, pools))
    if not chosen:
        why = "no group is large enough"
        return {
            "how": HOW,
            "searched": searched,
            "groups": [],
            "reason": why,
            "verdict": f"Not sought: {why}.",
        }
    values = [permutation_p(held_out, one.held_out, seed=seed) for one in chosen]
    corrected = adjusted(values, "holm")
    groups = [
        _group(sought, held_out, one, p, float(q))
        for one, p, q in zip(chosen, values, corrected, strict=True)
    ]
    return {
        "how": HOW,
        "searched": searched,
        "groups": groups,
        "reason": None,
        "verdict": " ".join(group["verdict"] for group in groups),
    }


def _worst(side: Side, pool: Sequence[Candidate]) -> Candidate | None:
    """The candidate that is most surely harder than its kind; of equals the larger."""
    if not pool:
        return None
    return max(pool, key=lambda one: (caution_score(side, one.sought), int(one.sought.sum())))


def _group(sought: Side, held_out: Side, one: Candidate, p: float, corrected: float) -> dict[str, Any]:
    gap = excess_error(held_out, one.held_out, level=held_out.cases.level)
    facts = distinguishing(held_out, one.held_out)
    shown = corrected <= ALPHA and _harder(gap)
    inside, outside = group_metrics(held_out, one.held_out), group_metrics(held_out, ~one.held_out)
    expected = float(held_out.expected[one.held_out].mean())
    return {
        "source": one.source,
        "definition": one.name,
        "description": in_words(facts),
        "facts": facts,
        "n": int(one.held_out.sum()),
        "n_sought": int(one.sought.sum()),
        "error_sought": float(sought.wrong[one.sought].mean()),
        "expected_error": expected,
        "inside": [metric.as_json() for metric in inside],
        "outside": [metric.as_json() for metric in outside],
        "excess_error": gap.as_json(),
        "p_value": p,
        "p_adjusted": corrected,
        "outcome": "shown" if shown else "not_shown",
        "verdict": _verdict(one, inside[0], outside[0], gap, corrected, shown),
        "rows": worst_rows(held_out, one.held_out),
    }


def _harder(gap: Metric) -> bool:
    """Whether the interval says so too: it compares with the others alone, the test with all of the class."""
    return (gap.value or 0.0) > 0 and (gap.ci_low is None or gap.ci_low > 0)


def group_metrics(side: Side, rows: Flags) -> list[Metric]:
    """Share of right calls of some rows; binary: sensitivity and specificity at the first operating point."""
    cases, right = side.cases, ~side.wrong
    found = [proportion(right[rows], name="accuracy", clusters=_among(cases.groups, rows), level=cases.level)]
    if cases.positive is None:
        return found
    truth, point = cases.membership[:, cases.positive], (*cases.thresholds, half())[0]
    for name, kind in (("sensitivity", truth), ("specificity", ~truth)):
        where = rows & kind
        one = proportion(right[where], name=name, clusters=_among(cases.groups, where), level=cases.level)
        found.append(one)
    return [point.mark(metric) for metric in found]


def _among(groups: Clusters, rows: Flags) -> Clusters | None:
    return groups.of(rows) if rows.any() and groups.repeated else None


def worst_rows(side: Side, rows: Flags) -> list[int]:
    """Cases of a group to be shown: wrong ones first, the most certain foremost; one of each patient."""
    order = np.lexsort((side.expected, ~side.wrong))
    seen: set[int] = set()
    shown: list[int] = []
    for row in order[rows[order]]:
        patient = int(side.cases.groups.codes[row])
        if patient not in seen and len(shown) < MOST_EXAMPLES:
            seen.add(patient)
            shown.append(int(row))
    return shown


def _verdict(one: Candidate, inside: Metric, outside: Metric, gap: Metric, p: float, shown: bool) -> str:
    group = f"“{one.name}”" if one.source == "facts" else "a cluster of cases that look alike to the network"
    figures = (
        f"{_percent(inside)} right in {inside.n} cases against {_percent(outside)} among the others; "
        f"{_points(gap)} of wrong calls beyond those of the same classes elsewhere, adjusted p {_p(p)}"
    )
    if shown:
        return f"A hard group is shown: {group} ({figures})."
    return f"The hardest group sought on validation cases, {group}, is not shown to be hard ({figures})."


def _percent(metric: Metric) -> str:
    return "undefined" if metric.value is None else f"{100 * metric.value:.0f} %"


def _points(gap: Metric) -> str:
    if gap.value is None:
        return "no comparison"
    text = f"{100 * gap.value:+.0f} points"
    if gap.ci_low is None or gap.ci_high is None:
        return text
    return f"{text} (interval {100 * gap.ci_low:+.0f} to {100 * gap.ci_high:+.0f})"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
