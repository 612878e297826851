"""A loss of ranking when features are shuffled, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.compare import primary_difference
from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.inputs import check_numbers
from thirdeye.evaluation.metric import Metric, undefined


def importance_metric(
    *, labels: Any, whole: Any, shuffled: Sequence[Any], classes: Sequence[str], task: str,
    positive: str | None, clusters: Any, level: float = 0.95,
) -> Metric:  # fmt: skip
    """The (macro) AUC that is lost when features are shuffled; below 0 is chance.

    The mean over the shuffles; the interval is normal, with the mean squared standard error of the paired
    difference (cases) plus the variance between shuffles over their number.

    Args:
        labels: (n,) class numbers; (n, K) of 0 and 1 for multi-label.
        whole: (n, K) probabilities with all features as they are.
        shuffled: one (n, K) for each shuffle.
        classes, task, positive, clusters, level: as for `compare_models`.
    """
    losses, variances = [], []
    z = two_sided_z(level)
    if not len(shuffled):
        raise UsageError("expected the probabilities of one shuffle or more, got none")
    n = len(np.atleast_1d(check_numbers("labels", labels)))
    for probabilities in shuffled:
        found = primary_difference(
            labels=labels, first=whole, second=probabilities, classes=classes, task=task, positive=positive,
            clusters=clusters, level=level,
        )  # fmt: skip
        if found is None:
            return undefined(
                "auc_loss_when_shuffled", "the AUC of these cases is undefined", n=n, level=level
            )
        losses.append(found.difference)
        if found.standard_error:
            variances.append(found.standard_error**2)
    value = float(np.mean(losses))
    fields: dict[str, Any] = {
        "n": n, "level": level, "details": {"shuffles": len(losses)},
        "convention": "all features of the family shuffled together among held-out cases",
    }  # fmt: skip
    if len(variances) < len(losses):
        reason = "no variance: the shuffle changed nothing, or there are too few cases"
        return Metric(
            name="auc_loss_when_shuffled", value=value, status="degenerate", reason=reason, **fields
        )
    between = float(np.var(losses, ddof=1)) / len(losses) if len(losses) > 1 else 0.0
    error = float(np.sqrt(np.mean(variances) + between))
    return Metric(
        name="auc_loss_when_shuffled", value=value, ci_low=value - z * error, ci_high=value + z * error,
        ci_method="normal_paired_cases_and_shuffles", **fields,
    )  # fmt: skip
