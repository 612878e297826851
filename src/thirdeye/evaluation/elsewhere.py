"""Does a reader do elsewhere as well as on its own test part: a measure of two independent sets of cases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from thirdeye.evaluation.metric import Metric

LESS_IS_BETTER = ("mre_", "hd95", "assd")
METHOD = "mover_two_independent_sets"


def against_test(
    own: Mapping[str, Any], other: Mapping[str, Any], *, name: str, title: str
) -> dict[str, Any]:
    """The difference of a measure between an external set and the test part, and what it says.

    The interval joins those of the two sets, which share no patient (MOVER; Zou and Donner, Statistics in
    Medicine 27:1693, 2008).

    Args:
        own, other: the measure as it stands in evaluation.json, of the test part and of the external set.
        name: of the external set, as a sentence should have it.
        title: of the measure, likewise.

    Returns:
        ``measure``, ``test``, ``external``, ``difference`` (external minus test), ``outcome``
        ("as_well_or_unclear", "worse", "better" or "undetermined") and ``sentence``.
    """
    gap = _difference(own, other)
    outcome = _outcome(gap, str(own.get("name")))
    return {
        "measure": str(own.get("name")), "test": dict(own), "external": dict(other),
        "difference": gap.as_json(), "outcome": outcome,
        "sentence": _sentence(own, other, gap, outcome, name=name, title=title),
    }  # fmt: skip


def _difference(own: Mapping[str, Any], other: Mapping[str, Any]) -> Metric:
    name, n = f"{own.get('name')}_difference", int(other.get("n") or 0)
    if own.get("value") is None or other.get("value") is None:
        return Metric(
            name=name, value=None, n=n, status="undefined", reason="undefined in one of the two sets"
        )
    value = other["value"] - own["value"]
    ends = [one.get(end) for one in (own, other) for end in ("ci_low", "ci_high")]
    if any(end is None for end in ends):
        return Metric(name=name, value=value, n=n, status="unstable", reason="one of the two has no interval")
    low = value - math.hypot(other["value"] - other["ci_low"], own["ci_high"] - own["value"])
    high = value + math.hypot(other["ci_high"] - other["value"], own["value"] - own["ci_low"])
    return Metric(
        name=name,
        value=value,
        n=n,
        ci_low=low,
        ci_high=high,
        ci_method=METHOD,
        level=own.get("level") or 0.95,
    )


def _outcome(gap: Metric, measure: str) -> str:
    if gap.ci_low is None or gap.ci_high is None:
        return "undetermined"
    if gap.ci_low <= 0 <= gap.ci_high:
        return "as_well_or_unclear"
    rose = gap.ci_low > 0
    return "worse" if rose == measure.startswith(LESS_IS_BETTER) else "better"


def _sentence(
    own: Mapping[str, Any], other: Mapping[str, Any], gap: Metric, outcome: str, *, name: str, title: str
) -> str:
    said = {
        "worse": f"The reader does worse on {name} than on its own test part",
        "better": f"The reader does better on {name} than on its own test part",
        "as_well_or_unclear": f"No difference between {name} and the own test part is shown",
        "undetermined": f"Whether the reader does as well on {name} as on its own test part is not known",
    }[outcome]
    figures = f"{title} {_text(other)} against {_text(own)}"
    ends = [one for one in (gap.value, gap.ci_low, gap.ci_high) if one is not None]
    if len(ends) < 3:
        return f"{said}: {figures}."
    difference, low, high = (_shown(one, of=(own["value"], other["value"]), sign="+") for one in ends)
    return f"{said}: {figures}, difference {difference} ({low} to {high})."


def _text(metric: Mapping[str, Any]) -> str:
    if metric.get("value") is None:
        return "undefined"
    value = metric["value"]
    if metric.get("ci_low") is None:
        return _shown(value, of=(value,))
    low, high = (_shown(metric[end], of=(value,)) for end in ("ci_low", "ci_high"))
    return f"{_shown(value, of=(value,))} ({low} to {high})"


def _shown(value: float, *, of: tuple[float, ...], sign: str = "") -> str:
    """A number with as many decimals as the measures it belongs to: three for shares and areas."""
    decimals = 3 if max(map(abs, of)) < 10 else 1
    return f"{value:{sign}.{decimals}f}"
