"""ood: cases outside what the network has learnt from, and the figure with and without them."""

from __future__ import annotations

from typing import Any

import numpy as np

from thirdeye.errors import UsageError
from thirdeye.evaluation.audits.audit import Audit
from thirdeye.evaluation.metric import Metric


def outside_envelope(outside: Any, *, everyone: Metric, inside: Metric) -> list[Audit]:
    """Cases on which the reader would abstain.

    Args:
        outside: (n,) whether the case lies outside.
        everyone: the figure of all cases.
        inside: of those inside alone.

    Raises:
        UsageError: `outside` is not one yes or no for each case.
    """
    flags = np.asarray(outside)
    if flags.ndim != 1 or flags.dtype != bool or not flags.size:
        raise UsageError(f"outside: expected one yes or no for each case, got an array of {flags.shape}")
    count = int(flags.sum())
    if not count:
        return []
    numbers = {"n_outside": count, "n": flags.size, "all": everyone.as_json(), "inside": inside.as_json()}
    sentence = (
        f"{count:,} of {flags.size:,} cases lie outside what the network has learnt from, where it abstains: "
        f"{everyone.name.replace('_', ' ').upper()} {_said(everyone)} with them, {_said(inside)} without."
    )
    return [Audit("ood", "warning", sentence, numbers)]


def _said(metric: Metric) -> str:
    return "undefined" if metric.value is None else f"{metric.value:.3f}"
