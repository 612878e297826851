"""The smooth calibration curve of a set with a band by patient, and the distances ICI, E50, E90 and Emax."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import Statistic, Weights, bootstrap_metric, percentile_interval, resample
from thirdeye.evaluation.bootstrap_statistics import sum_by_cluster
from thirdeye.evaluation.calibration_error import Forecast
from thirdeye.evaluation.inputs import Clusters
from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.smooth_calibration import SPAN, SmoothCalibration, smooth_calibration

Array = NDArray[np.float64]
PLACES = 41
BARS = 40
MOST_UNITS = 20_000
MEANING = {
    "ici": "mean distance between smoothed event rate and probability (integrated calibration index)",
    "e50": "median distance between smoothed event rate and probability",
    "e90": "90th percentile of the distance between smoothed event rate and probability",
    "emax": "largest distance between smoothed event rate and probability",
}
TOO_FEW = "fewer than ten cases or four distinct probabilities"
BAND = "bootstrap_percentile_by_cluster_pointwise"


def places_of(probabilities: Array) -> Array:
    """Up to `PLACES` places, spread like the cases, (g,)."""
    return np.unique(np.quantile(probabilities, np.linspace(0, 1, PLACES)))


def in_blocks(groups: Clusters) -> Clusters:
    """The patients, or blocks of them where there are very many: their bootstrap costs less."""
    if groups.count <= MOST_UNITS:
        return groups
    return Clusters(groups.codes % MOST_UNITS, MOST_UNITS)


def smooth_draws(forecast: Forecast, groups: Clusters, *, n_resamples: int, seed: int) -> Array:
    """`smooth_statistic` in resamples of patients, (B, 2 g)."""
    units = in_blocks(groups)
    return resample([smooth_statistic(forecast, units)], units.count, n_resamples=n_resamples, seed=seed)[0]


def smooth_statistic(forecast: Forecast, groups: Clusters) -> Statistic:
    """Smoothed rate at `places_of` the probabilities, then the cases nearest to each, (b, 2 g).

    A resample weighs the cases inside the windows that were fixed on all of them, so that the whole
    bootstrap is one product of matrices; the windows of the estimate itself are those.
    """
    x, y = forecast.probabilities, forecast.truth
    places = places_of(x)
    middles = (places[1:] + places[:-1]) / 2
    nearest = np.searchsorted(middles, x)
    parts = [sum_by_cluster(_moments(x, y, place), groups) for place in places]
    parts += [np.bincount(groups.codes, nearest == at, groups.count)[:, None] for at in range(places.size)]
    held = np.concatenate(parts, axis=1)

    def statistic(weights: Weights) -> Array:
        totals = weights.astype(np.float64) @ held
        sums = totals[:, : 8 * places.size].reshape(len(totals), places.size, 8)
        return np.concatenate([_fitted(sums), totals[:, 8 * places.size :]], axis=1)

    return statistic


def _moments(x: Array, y: NDArray[np.bool_], place: float) -> Array:
    """What each case adds to the normal equations of the weighted quadratic at a place, (n, 8)."""
    neighbours = max(4, int(np.floor(SPAN * x.size)))
    away = x - place
    far = np.abs(away)
    reach = max(float(np.partition(far, neighbours - 1)[neighbours - 1]), 1e-12)
    weight = np.clip(1 - (far / reach) ** 3, 0, None) ** 3
    if (weight > 0).sum() < 3:
        weight = (far <= reach).astype(np.float64)
    powers = weight[:, None] * (away / reach)[:, None] ** np.arange(5)
    return np.concatenate([powers, powers[:, :3] * y[:, None]], axis=1)


def _fitted(sums: Array) -> Array:
    """Value at 0 of the quadratic that solves the normal equations, kept within 0 to 1; (b, g)."""
    matrix = sums[..., np.add.outer(np.arange(3), np.arange(3))]
    ridge = 1e-9 * np.maximum(sums[..., 0], 1e-12)
    matrix = matrix + ridge[..., None, None] * np.eye(3)
    solved = np.linalg.solve(matrix, sums[..., 5:8, None])
    return np.asarray(np.round(np.clip(solved[..., 0, 0], 0, 1), 7))  # the ridge's own trace is below that


def _distances(draws: Array, places: Array) -> dict[str, Array]:
    """The four distances in each resample, (b,)."""
    rate, mass = draws[:, : places.size], draws[:, places.size :]
    away = np.abs(rate - places)
    order = np.argsort(away, axis=1)
    sorted_away = np.take_along_axis(away, order, axis=1)
    share = np.cumsum(np.take_along_axis(mass, order, axis=1), axis=1)
    share /= share[:, -1:]
    row = np.arange(len(draws))
    return {
        "ici": (away * mass).sum(axis=1) / mass.sum(axis=1),
        "e50": sorted_away[row, (share < 0.5).sum(axis=1)],
        "e90": sorted_away[row, (share < 0.9).sum(axis=1)],
        "emax": sorted_away[:, -1],
    }


def smooth_metrics(
    forecast: Forecast, draws: Array, *, found: SmoothCalibration | None, groups: Clusters, level: float
) -> list[Metric]:
    """ICI, E50, E90 and Emax with bootstrap intervals by patient.

    Args:
        forecast: the probabilities.
        draws: (B, 2 g) from `smooth_statistic`.
        found: the curve of all cases; None where it is undefined.
        groups: patient of each row.
        level: confidence level.
    """
    n, n_pos = forecast.truth.size, int(forecast.truth.sum())
    fields: dict[str, Any] = {"n_pos": n_pos, "n_neg": n - n_pos, "class_name": forecast.class_name}
    if found is None:
        shared = fields | {"n": n, "n_clusters": groups.count, "level": level}
        return [undefined(name, TOO_FEW, convention=text, **shared) for name, text in MEANING.items()]
    drawn = _distances(draws, places_of(forecast.probabilities))
    values = {"ici": found.ici, "e50": found.e50, "e90": found.e90, "emax": found.emax}
    return [
        bootstrap_metric(
            name, values[name], drawn[name], reason=TOO_FEW, n=n, n_clusters=groups.count,
            groups_of=min(n_pos, n - n_pos), level=level,
            convention=f"{text}; {found.convention}; biased upwards in small sets", **fields,
        )
        for name, text in MEANING.items()
    ]  # fmt: skip


def smooth_of(forecast: Forecast, level: float) -> SmoothCalibration | None:
    """The curve of all cases; None where it is undefined."""
    return smooth_calibration(forecast.truth, forecast.probabilities, level=level)


def smooth_block(
    forecast: Forecast, draws: Array, *, found: SmoothCalibration | None, level: float
) -> dict[str, Any] | None:
    """The block "smooth_calibration" of a set, JSON-ready: the curve, its band, and the cases beneath.

    Args:
        forecast, draws, found, level: as `smooth_metrics`.
    """
    if found is None:
        return None
    places = places_of(forecast.probabilities)
    limits = [percentile_interval(column, level=level) for column in draws[:, : places.size].T]
    rate = np.interp(places, found.probability, found.event_rate)
    block: dict[str, Any] = {"class": forecast.class_name} if forecast.class_name is not None else {}
    return block | {
        "kind": forecast.kind,
        "probability": places.tolist(),
        "event_rate": rate.tolist(),
        "low": [min(low, value) for (low, _), value in zip(limits, rate.tolist(), strict=True)],
        "high": [max(high, value) for (_, high), value in zip(limits, rate.tolist(), strict=True)],
        "level": level,
        "ci_method": BAND,
        "convention": found.convention,
        "histogram": histogram(forecast),
    }


def histogram(forecast: Forecast) -> dict[str, Any]:
    """Cases with and without the outcome in bars of equal width over 0 to 1."""
    edges = np.linspace(0, 1, BARS + 1)
    counts = {
        name: np.histogram(forecast.probabilities[rows], edges)[0].tolist()
        for name, rows in (("with_outcome", forecast.truth), ("without_outcome", ~forecast.truth))
    }
    return {"edges": edges.tolist(), **counts}
