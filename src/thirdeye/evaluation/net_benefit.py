"""The decision curve of a set with its bands, and the net benefit at each operating point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, bootstrap_metric, percentile_interval
from thirdeye.evaluation.bootstrap_statistics import totals_statistic
from thirdeye.evaluation.decision_curve import decision_curve
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import Threshold

Array = NDArray[np.float64]
Origin = Literal["set", "stated"]
GRID: Array = np.round(np.arange(0.01, 1.0, 0.01), 2)
CONVENTION = (
    "true positives minus false positives times the odds of the threshold probability, per case; "
    "treating nobody is worth 0"
)
SHIFTED = (
    "sensitivity and specificity at each threshold weighed at the stated prevalence, as dcurves does; the "
    "probabilities stay calibrated for the prevalence of the set, so that a threshold is not the risk there"
)
BAND = "bootstrap_percentile_by_cluster_pointwise"


def net_benefit_statistic(
    truth: NDArray[np.bool_], probabilities: Array, points: Sequence[float], groups: Clusters
) -> Statistic:
    """Cases of both classes at or above each place of `GRID` and each of `points`, then of all, (b, 2 g).

    Args:
        truth: (n,) labels.
        probabilities: (n,) from 0 to 1.
        points: further thresholds.
        groups: patient of each row.
    """
    places = np.concatenate([[-np.inf], GRID, points])
    order = np.argsort(places, kind="stable")
    rank = np.searchsorted(places[order], probabilities, side="right") - 1  # the highest place reached
    columns = np.zeros((truth.size, 2 * places.size), dtype=np.float32)
    columns[np.arange(truth.size), rank + np.where(truth, 0, places.size)] = 1
    counted = totals_statistic(columns, groups)
    back = np.argsort(order)

    def statistic(weights: NDArray[np.float32]) -> Array:
        held = counted(weights).reshape(len(weights), 2, places.size)
        at_or_above = np.cumsum(held[:, :, ::-1], axis=2)[:, :, ::-1]
        return at_or_above[:, :, back].reshape(len(weights), -1)

    return statistic


def _benefit(counts: Array, prevalence: float | None) -> tuple[Array, Array]:
    """Net benefit of the model, (b, g), and of treating everybody, from the statistic's columns."""
    places = counts.shape[1] // 2
    hits, alarms = counts[:, 1:places], counts[:, places + 1 :]
    p, n = counts[:, :1], counts[:, places : places + 1]
    odds = np.concatenate([GRID, np.zeros(places - 1 - GRID.size)])
    odds = odds / (1 - odds)
    with np.errstate(divide="ignore", invalid="ignore"):
        if prevalence is None:
            share = p / (p + n)
            model = hits / (p + n), alarms / (p + n)
        else:
            share = np.full_like(p, prevalence)
            model = hits / p * prevalence, alarms / n * (1 - prevalence)
    return model[0] - model[1] * odds, share - (1 - share) * odds


def decision_block(
    truth: NDArray[np.bool_], probabilities: Array, draws: Array, *, points: Sequence[Threshold],
    prevalences: Sequence[float], level: float,
) -> dict[str, Any]:  # fmt: skip
    """The block "decision_curve" of a set, JSON-ready.

    Args:
        truth: (n,) labels.
        probabilities: (n,) from 0 to 1.
        draws: (B, 2 g) from `net_benefit_statistic`.
        points: operating points, whose thresholds are marked on the curve.
        prevalences: that were stated; the curve of the set's own prevalence comes first.
        level: of the pointwise bands.
    """
    known = truth.any() and not truth.all()
    shares: list[tuple[float | None, Origin]] = [(None, "set")]
    shares += [(share, "stated") for share in prevalences if known]
    return {
        "thresholds": GRID.tolist(),
        "convention": CONVENTION,
        "ci_method": BAND,
        "level": level,
        "curves": [_curve(truth, probabilities, draws, share, origin, level) for share, origin in shares],
        "points": [{"operating_point": point.name, "threshold": point.threshold} for point in points],
    }


def _curve(
    truth: NDArray[np.bool_], probabilities: Array, draws: Array, share: float | None, origin: Origin,
    level: float,
) -> dict[str, Any]:  # fmt: skip
    found = decision_curve(truth, probabilities, GRID, prevalence=share)
    model, everybody = (part[:, : GRID.size] for part in _benefit(draws, share))
    best = np.maximum(everybody, 0.0)
    low, high = _band(model, level)
    gain_low, gain_high = _band(model - best, level)
    gain = found.model - np.maximum(found.treat_all, 0.0)
    return {
        "prevalence": found.prevalence,
        "prevalence_origin": origin,
        "convention": SHIFTED if origin == "stated" else CONVENTION,
        "model": found.model.tolist(),
        "model_low": low,
        "model_high": high,
        "treat_all": found.treat_all.tolist(),
        "gain": gain.tolist(),
        "gain_low": gain_low,
        "gain_high": gain_high,
        "useful": _ranges(gain > 1e-12),
        "useful_beyond_chance": _ranges(np.array([value is not None and value > 0 for value in gain_low])),
    }


def _band(draws: Array, level: float) -> tuple[list[float | None], list[float | None]]:
    usable = draws[~np.isnan(draws).any(axis=1)]
    if len(usable) < len(draws) / 2:
        return [None] * draws.shape[1], [None] * draws.shape[1]
    limits = [percentile_interval(column, level=level) for column in usable.T]
    return [low for low, _ in limits], [high for _, high in limits]


def _ranges(useful: NDArray[np.bool_]) -> list[list[float]]:
    """Runs of places of the grid as [from, to]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], useful.astype(int), [0]])))
    return [[float(GRID[a]), float(GRID[b - 1])] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def net_benefit_metric(
    truth: NDArray[np.bool_], probabilities: Array, draws: Array, *, index: int, point: Threshold,
    groups: Clusters, level: float,
) -> Metric:  # fmt: skip
    """Net benefit at an operating point, its threshold read as the probability at which one would act.

    Args:
        truth, probabilities, draws, level: as `decision_block`.
        index: of the point among those given to `net_benefit_statistic`.
        point: the operating point.
        groups: patient of each row.
    """
    n, n_pos = truth.size, int(truth.sum())
    fields: dict[str, Any] = {
        "n": n, "n_clusters": groups.count, "groups_of": min(n_pos, n - n_pos), "level": level,
        "n_pos": n_pos, "n_neg": n - n_pos, "convention": CONVENTION,
    }  # fmt: skip
    name, reason = "net_benefit", "a threshold of 0 or 1 has no odds"
    if not 0 < point.threshold < 1:
        return bootstrap_metric(name, float("nan"), np.full(1, np.nan), reason=reason, **fields)
    odds = point.threshold / (1 - point.threshold)
    places = draws.shape[1] // 2
    at = 1 + GRID.size + index
    total = draws[:, 0] + draws[:, places]
    drawn = (draws[:, at] - draws[:, places + at] * odds) / total
    found = decision_curve(truth, probabilities, point.threshold)
    details = {"treat_all": float(found.treat_all[0]), "treat_none": 0.0}
    return bootstrap_metric(name, float(found.model[0]), drawn, reason=reason, details=details, **fields)
