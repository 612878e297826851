"""The result contract: a metric is an object, never a bare number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from thirdeye.errors import UsageError

Status = Literal["ok", "undefined", "degenerate", "unstable"]
ThresholdOrigin = Literal["prespecified", "tuned_on_validation", "chosen_on_test"]

# Fewer cases than this in a group that a measure rests on make it "unstable".
MIN_EVENTS = 10


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One measure with everything that is needed to read it.

    Args:
        name: stable snake-case name ("auc", "sensitivity").
        value: the estimate; None where undefined, never 0, 0.5, 1 or NaN in its place. May be infinite
            (a likelihood ratio), which JSON holds as the string "inf".
        ci_low, ci_high: limits of the two-sided interval; None where there is none.
        ci_method: how the interval was made ("wilson", "delong", "obuchowski_1997").
        level: confidence level, above 0 and below 1.
        n: cases that the estimate rests on: the denominator of a proportion, else all cases.
        n_pos, n_neg: cases with and without the condition in the whole set.
        n_units: units of analysis in the whole set.
        n_clusters: independent clusters (patients) among the `n` cases.
        n_excluded: reason to number of cases left out before the estimate.
        status: "ok"; "undefined" (no value: 0/0, one class); "degenerate" (no variance: AUC of 1, constant
            scores); "unstable" (fewer than `MIN_EVENTS` cases in a group that the measure rests on).
        reason: why the status is not "ok", in one sentence.
        threshold: a case is positive when its score is at or above it.
        threshold_origin: where the threshold comes from.
        convention: what a reader must know to compute the same number.
        class_name: the class a per-class measure is about; "class" in JSON.
        operating_point: the name of the operating point a thresholded measure belongs to.
        details: further numbers that belong beside the value (design effect, prevalence, resamples).

    Raises:
        UsageError: the value is NaN, or an undefined metric carries a value.
    """

    name: str
    value: float | None
    n: int
    ci_low: float | None = None
    ci_high: float | None = None
    ci_method: str | None = None
    level: float = 0.95
    n_pos: int | None = None
    n_neg: int | None = None
    n_units: int | None = None
    n_clusters: int | None = None
    n_excluded: Mapping[str, int] = field(default_factory=dict)
    status: Status = "ok"
    reason: str | None = None
    threshold: float | None = None
    threshold_origin: ThresholdOrigin | None = None
    convention: str | None = None
    class_name: str | None = None
    operating_point: str | None = None
    details: Mapping[str, float | int | str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in (self.value, self.ci_low, self.ci_high, self.threshold):
            if part is not None and math.isnan(part):
                raise UsageError(f"metric '{self.name}' holds NaN; an undefined number is None with a reason")
        if self.status not in get_args(Status):
            raise UsageError(f"metric '{self.name}' has status '{self.status}'; expected {get_args(Status)}")
        if (self.status == "undefined") != (self.value is None):
            raise UsageError(
                f"metric '{self.name}': value {self.value} does not go with status '{self.status}'"
            )

    @property
    def prespecified(self) -> bool | None:
        """Whether the threshold was fixed before any data were seen; None without a threshold."""
        return None if self.threshold_origin is None else self.threshold_origin == "prespecified"

    def with_(self, **changes: Any) -> Metric:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form: undefined is null, infinite is "inf", `class_name` is "class"."""
        return {
            "name": self.name,
            "class": self.class_name,
            "operating_point": self.operating_point,
            "value": _to_json(self.value),
            "ci_low": _to_json(self.ci_low),
            "ci_high": _to_json(self.ci_high),
            "ci_method": self.ci_method,
            "level": self.level,
            "n": self.n,
            "n_pos": self.n_pos,
            "n_neg": self.n_neg,
            "n_units": self.n_units,
            "n_clusters": self.n_clusters,
            "n_excluded": dict(self.n_excluded),
            "status": self.status,
            "reason": self.reason,
            "prespecified": self.prespecified,
            "threshold": _to_json(self.threshold),
            "threshold_origin": self.threshold_origin,
            "convention": self.convention,
            "details": dict(self.details),
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Metric:
        """The metric that `as_json` wrote; unknown fields of a later version are left aside."""
        known = {name: value for name, value in fields.items() if name in cls.__dataclass_fields__}
        for name in ("value", "ci_low", "ci_high", "threshold"):
            known[name] = _from_json(known.get(name))
        return cls(**known, class_name=fields.get("class"))


def undefined(name: str, reason: str, *, n: int, **fields: Any) -> Metric:
    """A metric without a value, and why."""
    return Metric(name=name, value=None, n=n, status="undefined", reason=reason, **fields)


def number(value: float) -> float | None:
    """A plain float; None for NaN."""
    return None if math.isnan(value) else float(value)


def _to_json(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return "inf" if value > 0 else "-inf"


def _from_json(value: float | str | None) -> float | None:
    return float(value) if isinstance(value, str) else value
