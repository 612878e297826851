"""Bins of probability: reliability curve, calibration error, and the parts of the Brier score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.inputs import check_binary, check_clusters, check_probabilities
from thirdeye.evaluation.proportion import proportion

Binning = Literal["equal_width", "equal_mass"]


@dataclass(frozen=True)
class Bins:
    """Filled bins of probability; empty ones are left out.

    Args:
        of: (n,) bin of each case, 0 to g - 1.
        n: (g,) cases.
        mean_probability, event_rate: (g,) from 0 to 1.
    """

    of: NDArray[np.int64]
    n: NDArray[np.int64]
    mean_probability: NDArray[np.float64]
    event_rate: NDArray[np.float64]

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Distance between event rate and mean probability in each bin, (g,)."""
        return np.abs(self.event_rate - self.mean_probability)


def bin_probabilities(
    labels: Any, probabilities: Any, *, n_bins: int = 10, binning: Binning = "equal_width"
) -> Bins:
    """Cases in bins of probability.

    Args:
        labels: (n,) of 0 and 1.
        probabilities: (n,) from 0 to 1.
        n_bins: bins, at least 1.
        binning: "equal_width": [0, 0.1), ..., [0.9, 1]; "equal_mass": by rank, equal numbers as far as
            they go; equal probabilities stay together, so that the order of the rows does not matter.

    Raises:
        UsageError: an unknown binning, or no bins.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    if n_bins < 1:
        raise UsageError(f"expected at least one bin, got {n_bins}")
    if binning == "equal_width":
        place = np.minimum((values * n_bins).astype(np.int64), n_bins - 1)
    elif binning == "equal_mass":
        rank = np.searchsorted(np.sort(values), values)  # of equal ones the lowest
        place = rank * n_bins // truth.size
    else:
        raise UsageError(f"no binning is called '{binning}'; there are equal_width and equal_mass")
    _, of, n = np.unique(place, return_inverse=True, return_counts=True)
    return Bins(of, n, np.bincount(of, values) / n, np.bincount(of, truth) / n)


def calibration_error(
    labels: Any, probabilities: Any, *, n_bins: int = 10, binning: Binning = "equal_width"
) -> tuple[float, float]:
    """Expected and maximum calibration error (Naeini 2015): mean and largest gap over filled bins."""
    bins = bin_probabilities(labels, probabilities, n_bins=n_bins, binning=binning)
    return float(np.average(bins.gaps, weights=bins.n)), float(bins.gaps.max())


def reliability_curve(
    labels: Any,
    probabilities: Any,
    *,
    n_bins: int = 10,
    binning: Binning = "equal_width",
    clusters: Any = None,
    level: float = 0.95,
) -> list[dict[str, float | int | None]]:
    """Points of the reliability diagram, each with the interval of its event rate.

    The interval is Wilson's, or a clustered one where a cluster has several rows in the bin; null where
    a bin holds one cluster only.
    """
    truth = check_binary(labels)
    groups = check_clusters(clusters, truth.size)
    bins = bin_probabilities(truth, probabilities, n_bins=n_bins, binning=binning)
    points: list[dict[str, float | int | None]] = []
    for at, (n, mean) in enumerate(zip(bins.n, bins.mean_probability, strict=True)):
        rows = bins.of == at
        inside = groups.of(rows) if groups.repeated else None
        rate = proportion(truth[rows], name="event_rate", clusters=inside, level=level)
        point = {"n": int(n), "mean_probability": float(mean), "event_rate": rate.value}
        points.append(point | {"ci_low": rate.ci_low, "ci_high": rate.ci_high})
    return points


def brier_decomposition(labels: Any, probabilities: Any, *, n_bins: int = 10) -> dict[str, float]:
    """Murphy's parts of the Brier score (1973) with the two within-bin terms (Stephenson 2008).

    reliability - resolution + uncertainty + within_bin_variance - 2 within_bin_covariance is the Brier score.
    """
    truth = check_binary(labels)
    values = check_probabilities(probabilities, truth.size)
    bins = bin_probabilities(truth, values, n_bins=n_bins)
    rate, share = float(truth.mean()), bins.n / truth.size
    inside = values - bins.mean_probability[bins.of]
    return {
        "brier": float(np.mean((values - truth) ** 2)),
        "reliability": float(share @ bins.gaps**2),
        "resolution": float(share @ (bins.event_rate - rate) ** 2),
        "uncertainty": rate * (1 - rate),
        "within_bin_variance": float(np.mean(inside**2)),
        "within_bin_covariance": float(np.mean(inside * (truth - bins.event_rate[bins.of]))),
    }


def spiegelhalter_z(labels: Any, probabilities: Any) -> float | None:
    """Spiegelhalter's z (1986): the Brier score against its expectation; None where its variance is zero."""
    truth = check_binary(labels)
    p = check_probabilities(probabilities, truth.size)
    spread = float(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    return float(np.sum((truth - p) * (1 - 2 * p))) / spread**0.5 if spread > 0 else None
