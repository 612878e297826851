"""Words for the agreement of what is measured from points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.report.clean import shorten
from thirdeye.report.located.point_words import plain_quantity, quantity
from thirdeye.report.numbers import MetricJson, has_interval, has_value
from thirdeye.report.sets import EvidenceSet

FROM_POINTS, NETWORK = "reference points", "network"
_KINDS = ("mae", "bias", "loa_low", "loa_high", "icc", "smape")


def by_kind(entry: Mapping[str, Any]) -> dict[str, MetricJson]:
    """ "mae", "bias", "loa_low", "loa_high", "icc" or "smape" to its metric."""
    metrics = entry.get("metrics") or ()
    return {kind: m for m in metrics for kind in _KINDS if str(m.get("name")).startswith(kind)}


def first_measurement(part: EvidenceSet) -> str:
    """The first measurement in words: mean difference and limits of agreement; empty without any."""
    entries = [one for one in part.content.get("measurements") or () if isinstance(one, Mapping)]
    first = next(
        (
            one
            for one in entries
            if (one.get("measured"), one.get("reference")) == (NETWORK, FROM_POINTS)
            and has_value(by_kind(one).get("mae"))
        ),
        None,
    )
    if first is None:
        return ""
    unit, found = str(first["unit"]), by_kind(first)
    mae, low, high = found["mae"], found.get("loa_low"), found.get("loa_high")
    said = f"{shorten(str(first['name']), 60)}, measured from the points, differs from the expert's by "
    said += f"{quantity(mae['value'], unit)} on average"
    if has_interval(mae):
        said += f" (95% interval {plain_quantity(mae['ci_low'], unit)} to {quantity(mae['ci_high'], unit)})"
    if has_value(low) and has_value(high) and low and high:
        said += (
            f"; in 95 of 100 cases the difference is expected between {quantity(low['value'], unit)} and "
            f"{quantity(high['value'], unit)}"
        )
    return f"{said}."
