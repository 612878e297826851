"""Likelihood ratios, the diagnostic odds ratio and Youden's index of yes-or-no calls, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.confusion import TwoByTwo, two_by_two
from thirdeye.evaluation.distributions import check_level, two_sided_z
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import Interval, clopper_pearson

Ratio = Literal["lr_pos", "lr_neg", "dor"]
CONVENTIONS: dict[str, str] = {
    "lr_pos": "sensitivity / (1 - specificity); infinite without a false positive",
    "lr_neg": "(1 - sensitivity) / specificity",
    "dor": "(TP x TN) / (FP x FN); infinite or 0 with an empty cell",
    "dor_haldane": "0.5 added to every cell because one of them is empty (Haldane 1956)",
    "youden": "sensitivity + specificity - 1",
}


@dataclass(frozen=True)
class Calls:
    """Yes-or-no calls against the truth.

    Args:
        truth, called: (n,) whether the case is positive, and is called so.
        groups: patient of each row.
        level: confidence level.
    """

    truth: NDArray[np.bool_]
    called: NDArray[np.bool_]
    groups: Clusters
    level: float

    @property
    def table(self) -> TwoByTwo:
        """Its four cells."""
        return two_by_two(self.truth, self.called)

    @property
    def fields(self) -> dict[str, Any]:
        """What every metric of these calls says of its cases."""
        positive, n = int(self.truth.sum()), self.truth.size
        return {
            "n": n, "n_pos": positive, "n_neg": n - positive, "n_units": n, "n_clusters": self.groups.count,
            "level": check_level(self.level),
        }  # fmt: skip


def ratio_metrics(calls: Calls) -> list[Metric]:
    """LR+, LR-, DOR (and its Haldane form where a cell is empty) and Youden's index.

    Args:
        calls: of one operating point.

    Returns:
        A ratio without bound has the value infinity, status "degenerate", and an exact limit on its finite
        side; 0/0 is undefined, as is LR- where no case without the condition is passed (specificity 0).
    """
    table = calls.table
    found = [_ratio(calls, table, name) for name in ("lr_pos", "lr_neg", "dor")]
    if min(table.tp, table.fp, table.fn, table.tn) == 0 and calls.truth.any() and not calls.truth.all():
        found.append(_haldane(calls, table))
    return [*found, _youden(calls, table)]


def _ratio(calls: Calls, table: TwoByTwo, name: Ratio) -> Metric:
    fields = calls.fields | {"name": name, "convention": CONVENTIONS[name]}
    value = table.measures()[name]
    if value is None:
        return undefined(reason=_why(table, name), **fields)
    if value == 0 or math.isinf(value):
        return _boundary(calls, name, value, fields)
    spread = _log_variance(calls, table, name)
    if spread is None:
        reason = "fewer than two patients: no interval can be given"
        return Metric(value=value, status="unstable", reason=reason, **fields)
    if spread <= 0:  # every case was called alike
        return _boundary(calls, name, value, fields)
    half = two_sided_z(calls.level) * spread**0.5
    few = min(table.tp, table.fp, table.fn, table.tn)
    if few < MIN_EVENTS:
        reason = f"a cell of the 2x2 table holds {few} cases, fewer than {MIN_EVENTS}"
        fields |= {"status": "unstable", "reason": reason}
    return Metric(
        value=value, ci_low=value * math.exp(-half), ci_high=value * math.exp(half),
        ci_method="log_delta_clustered" if calls.groups.repeated else "log_simel_1991",
        details={"standard_error_log": spread**0.5}, **fields,
    )  # fmt: skip


def _why(table: TwoByTwo, name: Ratio) -> str:
    if table.tp + table.fn == 0 or table.fp + table.tn == 0:
        return "one class only: a likelihood ratio needs cases with and without the condition"
    if name == "lr_neg":
        return "no case without the condition was passed: specificity is 0"
    return "0/0: no case was called positive, or none negative"


def _influence(calls: Calls, table: TwoByTwo, name: str) -> NDArray[np.float64]:
    """What each row adds to the deviation of the measure (of its logarithm for the ratios), (n,)."""
    m, n = table.tp + table.fn, table.fp + table.tn
    sens, alarms = table.tp / m, table.fp / n
    hit = np.where(calls.truth, (calls.called - sens) / m, 0.0)
    alarm = np.where(calls.truth, 0.0, (calls.called - alarms) / n)
    if name == "lr_pos":
        return np.asarray(hit / sens - alarm / alarms)
    if name == "lr_neg":
        return np.asarray(alarm / (1 - alarms) - hit / (1 - sens))
    if name == "dor":
        return np.asarray(hit / (sens * (1 - sens)) - alarm / (alarms * (1 - alarms)))
    return hit - alarm


def _log_variance(calls: Calls, table: TwoByTwo, name: str) -> float | None:
    """Sum over patients of squared influence; with one row a patient Simel's (1991) and Woolf's (1955)."""
    groups = calls.groups
    if groups.count < 2:
        return None
    sums = np.bincount(groups.codes, _influence(calls, table, name), minlength=groups.count)
    inflation = groups.count / (groups.count - 1) if groups.repeated else 1.0
    return inflation * float(sums @ sums)


def _boundary(calls: Calls, name: Ratio, value: float, fields: dict[str, Any]) -> Metric:
    """A ratio without variance (0, infinity, one call for all): exact limits of both rates together."""
    sens, spec = _exact(calls, calls.truth), _exact(calls, ~calls.truth)
    low, high = {
        "lr_pos": (_over(sens.low, 1 - spec.low), _over(sens.high, 1 - spec.high)),
        "lr_neg": (_over(1 - sens.high, spec.high), _over(1 - sens.low, spec.low)),
        "dor": (
            _over(sens.low * spec.low, (1 - sens.low) * (1 - spec.low)),
            _over(sens.high * spec.high, (1 - sens.high) * (1 - spec.high)),
        ),
    }[name]
    return Metric(
        value=value, ci_low=0.0 if value == 0 else low, ci_high=math.inf if math.isinf(value) else high,
        ci_method="clopper_pearson_bonferroni", status="degenerate",
        reason="a cell of the 2x2 table is empty: exact limits of both rates instead of a logarithm",
        **fields,
    )  # fmt: skip


def _over(above: float, below: float) -> float:
    return math.inf if below <= 0 else above / below


def _exact(calls: Calls, rows: NDArray[np.bool_]) -> Interval:
    """Exact limits of a rate, at a level that makes two hold together; patients count, not rows."""
    right = (calls.called == calls.truth)[rows]
    units = calls.groups.of(rows).count
    return clopper_pearson(float(right.mean()) * units, units, 1 - (1 - calls.level) / 2)


def _haldane(calls: Calls, table: TwoByTwo) -> Metric:
    cells = [cell + 0.5 for cell in (table.tp, table.tn, table.fp, table.fn)]
    value = cells[0] * cells[1] / (cells[2] * cells[3])
    fields = calls.fields | {"name": "dor_haldane", "convention": CONVENTIONS["dor_haldane"]}
    reason = "a cell of the 2x2 table is empty"
    if calls.groups.repeated:
        reason += "; no interval, because patients have several rows"
        return Metric(value=value, status="degenerate", reason=reason, **fields)
    half = two_sided_z(calls.level) * sum(1 / cell for cell in cells) ** 0.5
    return Metric(
        value=value, ci_low=value * math.exp(-half), ci_high=value * math.exp(half),
        ci_method="log_woolf_haldane", status="degenerate", reason=reason, **fields,
    )  # fmt: skip


def _youden(calls: Calls, table: TwoByTwo) -> Metric:
    fields = calls.fields | {"name": "youden", "convention": CONVENTIONS["youden"]}
    value = table.measures()["youden"]
    if value is None:
        return undefined(reason="one class only: sensitivity or specificity is undefined", **fields)
    spread = _log_variance(calls, table, "youden")
    if not spread:
        sens, spec = _exact(calls, calls.truth), _exact(calls, ~calls.truth)
        return Metric(
            value=value, ci_low=sens.low + spec.low - 1, ci_high=sens.high + spec.high - 1,
            ci_method="clopper_pearson_bonferroni", status="degenerate",
            reason="both rates are 0 or 1: exact limits of both", **fields,
        )  # fmt: skip
    half = two_sided_z(calls.level) * spread**0.5
    if min(fields["n_pos"], fields["n_neg"]) < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"a class has fewer than {MIN_EVENTS} cases"}
    return Metric(
        value=value, ci_low=max(value - half, -1.0), ci_high=min(value + half, 1.0),
        ci_method="delta_clustered" if calls.groups.repeated else "wald_unpooled", **fields,
    )  # fmt: skip
