"""A person decides where several networks disagree: what that changes, on the same cases."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.inputs import check_binary, check_clusters
from thirdeye.evaluation.paired import paired_proportion
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.proportion import proportion

Calls = NDArray[np.bool_]


def tie_break_evidence(
    labels: Any, calls: Calls, together: Calls, person: NDArray[np.floating], *, clusters: Any = None
) -> dict[str, Any]:
    """Networks that agree decide; where they do not, a person does.

    Args:
        labels: (n,) of 0 and 1.
        calls: (n, A) what each of A networks calls alone.
        together: (n,) what they call together.
        person: (n,) 1, 0, or NaN where the person said nothing: there the networks' joint call stands.
        clusters: (n,) patients; None: each case on its own.

    Returns:
        "n", "n_disagree", "n_without_call", "person" (sensitivity and specificity of the person alone),
        "measures" (sensitivity, specificity and accuracy with the person first and by the networks alone
        second, paired) and "verdict".
    """
    truth = check_binary(labels)
    groups = check_clusters(clusters, truth.size)
    disagree = calls.any(axis=1) != calls.all(axis=1)
    asked = disagree & ~np.isnan(person)
    decided = np.where(asked, person == 1, np.where(disagree, together, calls[:, 0]))
    known = ~np.isnan(person)
    everyone = np.ones(truth.size, dtype=bool)

    def compared(name: str, rows: Calls) -> Measured:
        of = groups.of(rows) if rows.any() else None
        rights = [(one == truth)[rows] for one in (decided, together)]
        first, second = (proportion(right, name=name, clusters=of) for right in rights)
        paired = paired_proportion(*rights, clusters=of) if rows.any() else None
        return Measured(first, second, paired)

    measures = [
        compared("sensitivity", truth),
        compared("specificity", ~truth),
        compared("accuracy", everyone),
    ]
    alone = [
        proportion((person == truth)[rows & known], name=name, clusters=groups.of(rows & known))
        for name, rows in (("sensitivity", truth), ("specificity", ~truth))
        if (rows & known).any()
    ]
    return {
        "n": int(truth.size),
        "n_disagree": int(disagree.sum()),
        "n_without_call": int((disagree & ~known).sum()),
        "person": [one.as_json() for one in alone],
        "measures": [one.as_json() for one in measures],
        "verdict": _verdict(int(disagree.sum()), int(truth.size), measures),
    }


def _verdict(disagree: int, n: int, measures: list[Measured]) -> str:
    if disagree == 0:
        return f"The networks agree on all {n} cases: nobody is asked."
    accuracy = measures[-1]
    gap = accuracy.as_json()["difference"]
    said = (
        f"The networks disagree on {disagree} of {n} cases. Decided by a person there, "
        f"{_share(accuracy.first.value)} of all calls are right, against {_share(accuracy.second.value)} by "
        "the networks alone"
    )
    if gap["ci_low"] is None:
        return f"{said}; there is no interval of the difference."
    interval = f"{100 * gap['ci_low']:+.1f} to {100 * gap['ci_high']:+.1f} points"
    if gap["ci_low"] > 0:
        return f"{said}: better (95% interval of the difference {interval})."
    if gap["ci_high"] < 0:
        return f"{said}: worse (95% interval of the difference {interval})."
    return f"{said}: no difference shown (95% interval {interval})."


def _share(value: float | None) -> str:
    return "an undefined share" if value is None else f"{value:.1%}"
