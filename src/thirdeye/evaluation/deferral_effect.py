"""What a rule of deferral does to the decisions that remain, and how much it leaves to a person."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.inputs import Clusters, check_binary, check_scores
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion

WORKLOAD = "share of cases that the rule leaves to a person"
CAUGHT = "share of the wrong decisions that lie among the cases left to a person"


def effect_of_deferral(
    left: Any, losses: Any, *, clusters: Clusters | None = None, truth: NDArray[np.bool_] | None = None,
    positive: NDArray[np.bool_] | None = None,
) -> dict[str, list[Metric]]:  # fmt: skip
    """The rule's workload, and the decisions with and without the cases that it leaves to a person.

    Args:
        left: (n,) True for cases left to a person, by a rule that these cases had no part in.
        losses: (n,) 0 to 1, of each decision; a decision counts as wrong above 0.
        clusters: patient of each case; None: each case on its own.
        truth, positive: (n,) whether a case is diseased and whether it was called so; yes-or-no only.

    Returns:
        "rule" ("workload", "errors_deferred"), "all" and "kept": each "accuracy", and with `truth`
        "sensitivity" and "specificity" too.
    """
    deferred = check_binary(left)
    wrong = check_scores(losses, deferred.size, what="losses") > 0
    everyone = np.full(deferred.size, True)

    def share(hits: NDArray[np.bool_], rows: NDArray[np.bool_], name: str, convention: str | None) -> Metric:
        of = None if clusters is None else clusters.of(rows)
        return proportion(hits[rows], name=name, clusters=of, convention=convention)

    def decisions(rows: NDArray[np.bool_]) -> list[Metric]:
        found = [share(~wrong, rows, "accuracy", None)]
        if truth is not None and positive is not None:
            found.append(share(positive, rows & truth, "sensitivity", None))
            found.append(share(~positive, rows & ~truth, "specificity", None))
        return found

    return {
        "rule": [
            share(deferred, everyone, "workload", WORKLOAD),
            share(deferred, wrong, "errors_deferred", CAUGHT),
        ],
        "all": decisions(everyone),
        "kept": decisions(~deferred),
    }
