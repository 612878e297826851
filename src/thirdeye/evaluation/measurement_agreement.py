"""How far a measurement derived from found points lies from its reference."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bland_altman import limits_of_agreement
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import Clusters, check_clusters, check_numbers, check_squarable
from thirdeye.evaluation.intraclass import icc
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined

Array = NDArray[np.float64]
UNIT_NAMES = {"deg": "deg", "mm": "mm", "px": "px", "1": "ratio"}
Z = 1.96
_NONE = "no case has both values"
_ORDER = ("mae", "bias", "loa_low", "loa_high", "icc")
_SAYS = {
    "mae": "mean of the absolute differences",
    "bias": "mean of measured minus reference",
    "loa_low": "bias - 1.96 SD: 95 % of the differences are expected above it",
    "loa_high": "bias + 1.96 SD: 95 % of the differences are expected below it",
    "icc": "ICC(2,1), Shrout & Fleiss 1979; two-way random, absolute agreement",
}
_COMPONENTS = "; SD from variance between and within patients (Bland & Altman 2007)"


def agreement_metrics(
    reference: Any,
    measured: Any,
    *,
    name: str,
    unit: str,
    clusters: Any = None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[Metric]:
    """Mean absolute error, bias, limits of agreement and ICC(2,1), each of the measurement `name`.

    Where no patient has two cases, bias and limits have the intervals of Bland & Altman (1999) and the ICC
    that of McGraw & Wong (1996). Else the limits take variance between and within patients apart (Bland &
    Altman 2007, the true value varying) and every interval resamples patients.

    Args:
        reference, measured: (n,) finite, in `unit`; none at all is undefined.
        name: of what is measured; the `class_name` of the metrics.
        unit: "deg", "mm", "px" or "1", of a ratio.
        clusters: (n,) patient of each; None: each on its own.
        level, n_resamples, seed: of the intervals.

    Raises:
        UsageError: an unknown unit, or columns of unequal length.
        DataRefused: a value that is not finite.
    """
    if unit not in UNIT_NAMES:
        raise UsageError(f"no unit of measurements is called '{unit}'; there are {', '.join(UNIT_NAMES)}")
    names = {one: "icc_2_1" if one == "icc" else f"{one}_{UNIT_NAMES[unit]}" for one in _ORDER}
    truth, found = check_numbers("reference", reference), check_numbers("measured", measured)
    if not truth.size and not found.size:
        return [
            undefined(names[one], _NONE, n=0, class_name=name, level=check_level(level)) for one in _ORDER
        ]
    truth = check_squarable("reference", truth)
    found = check_squarable("measured", found, truth.size)
    groups = check_clusters(clusters, truth.size)
    drawn = _resampled(truth, found, groups, names, name, level, n_resamples, seed)
    if groups.repeated:
        return drawn
    return [drawn[0], *_closed(truth, found, names, name, level)]


def _closed(truth: Array, found: Array, names: dict[str, str], name: str, level: float) -> list[Metric]:
    """Bias, limits and ICC of independent cases."""
    n = truth.size
    fields: dict[str, Any] = {"n": n, "n_clusters": n, "level": level, "class_name": name}
    if n < 2:
        return [undefined(names[one], "one case has no spread", **fields) for one in _ORDER[1:]]
    limits = limits_of_agreement(found, truth, z=Z)
    parts = (
        ("bias", limits.bias, limits.bias_interval(level=level)),
        ("loa_low", limits.low, limits.low_interval(level=level)),
        ("loa_high", limits.high, limits.high_interval(level=level)),
    )
    if n < MIN_EVENTS:
        fields |= {"status": "unstable", "reason": f"rests on {n} cases, fewer than {MIN_EVENTS}"}
    metrics = [
        Metric(
            name=names[one], value=value, ci_low=low, ci_high=high, ci_method="bland_altman_1999",
            convention=_SAYS[one], details={"sd": limits.sd}, **fields,
        )
        for one, value, (low, high) in parts
    ]  # fmt: skip
    return [*metrics, icc(np.column_stack([truth, found]), form="2_1", level=level).with_(class_name=name)]


def _resampled(
    truth: Array, found: Array, groups: Clusters, names: dict[str, str], name: str, level: float,
    n_resamples: int, seed: int,
) -> list[Metric]:  # fmt: skip
    """Everything with intervals from resampled patients."""
    sums = _sums(truth, found, groups)

    def statistic(weights: Weights) -> Array:
        return _agreement(weights.astype(np.float64), sums)

    values = statistic(np.ones((1, groups.count), np.float32))[0]
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0]
    return [
        bootstrap_metric(
            names[one], float(values[column]), draws[:, column], reason="too few cases, or none that differs",
            n=truth.size, n_clusters=groups.count, groups_of=groups.count, level=level, class_name=name,
            convention=_SAYS[one] + (_COMPONENTS if one.startswith("loa") else ""),
        )
        for column, one in enumerate(_ORDER)
    ]  # fmt: skip


def _sums(truth: Array, found: Array, groups: Clusters) -> Array:
    """(I, 11) what the measures need of each patient, so that a resample is a product."""
    gaps = found - truth
    rows = np.column_stack([
        np.ones(truth.size), np.abs(gaps), gaps, gaps**2, truth, found, truth**2, found**2, truth * found,
    ])  # fmt: skip
    table = np.zeros((groups.count, rows.shape[1]))
    np.add.at(table, groups.codes, rows)
    own = table[:, 2] ** 2 / table[:, 0]  # cases times squared mean difference
    return np.column_stack([table, own, table[:, 0] ** 2])


def _agreement(weights: Array, sums: Array) -> Array:
    """(b, 5) in the order of `_ORDER`; NaN where undefined."""
    total = weights @ sums
    n, absolute, gap, squares, x, y, xx, yy, xy, between, sizes = total.T
    patients = weights.sum(axis=1)
    bias = gap / n
    sd = np.sqrt(_variance(n, patients, gap, squares, between, sizes))
    found = [absolute / n, bias, bias - Z * sd, bias + Z * sd, _icc(n, x, y, xx, yy, xy)]
    return np.column_stack(found)


def _variance(n: Array, patients: Array, gap: Array, squares: Array, between: Array, sizes: Array) -> Array:
    """Of one difference: between patients plus within, one-way analysis of variance, groups of any size."""
    within = _divided(squares - between, n - patients)
    plain = _divided(squares - gap**2 / n, n - 1)
    spread = _divided(between - gap**2 / n, patients - 1)
    typical = _divided(n - sizes / n, patients - 1)
    component = _divided(spread - within, typical)
    total = np.maximum(component, 0) + within
    return np.maximum(np.where(n > patients, total, plain), 0)


def _icc(n: Array, x: Array, y: Array, xx: Array, yy: Array, xy: Array) -> Array:
    """ICC(2,1) of two columns from their sums."""
    grand = (x + y) / (2 * n)
    subjects = _divided((xx + 2 * xy + yy) / 2 - 2 * n * grand**2, n - 1)
    raters = n * ((x / n - grand) ** 2 + (y / n - grand) ** 2)
    whole = xx + yy - 2 * n * grand**2
    left = _divided(whole - subjects * (n - 1) - raters, n - 1)
    return _divided(subjects - left, subjects + left + 2 * (raters - left) / n)


def _divided(above: Array, below: Array) -> Array:
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0))


def cobb_smape(
    reference: Any, measured: Any, *, name: str, clusters: Any = None, level: float = 0.95,
    n_resamples: int = N_RESAMPLES, seed: int = 0,
) -> Metric:  # fmt: skip
    """SMAPE of the AASCE 2019 challenge: sum of absolute differences of the angles of a case over their sum.

    Args:
        reference, measured: (n, k) angles of n cases, finite, 0 to 180.
        name: of the group of angles; the `class_name`.
        clusters: (n,) patient of each.
        level, n_resamples, seed: of the interval.

    Returns:
        In per cent, mean over cases; a case whose angles are all 0 on both sides is left out and counted.
    """
    fields: dict[str, Any] = {
        "class_name": name, "level": check_level(level),
        "convention": "per cent; sum of absolute differences over the sum of all angles, mean over cases",
    }  # fmt: skip
    truth, found = check_numbers("reference", reference), check_numbers("measured", measured)
    if truth.ndim != 2 or truth.shape != found.shape:
        raise UsageError(f"expected two arrays (cases, angles), got {truth.shape} and {found.shape}")
    if not truth.size:
        return undefined("smape", _NONE, n=0, **fields)
    for what, angles in (("reference", truth), ("measured", found)):
        check_squarable(what, angles.ravel())
    groups = check_clusters(clusters, len(truth))
    whole = (np.abs(truth) + np.abs(found)).sum(axis=1)
    known = whole > 0
    shares = _divided(100 * np.abs(found - truth).sum(axis=1), whole)
    sums = np.zeros((groups.count, 2))
    np.add.at(sums, groups.codes, np.column_stack([np.where(known, shares, 0), known]))

    def mean(weights: Weights) -> Array:
        above, below = (weights.astype(np.float64) @ sums).T
        return _divided(above, below)[:, None]

    value = float(mean(np.ones((1, groups.count), np.float32))[0, 0])
    draws = resample([mean], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    return bootstrap_metric(
        "smape", value, draws, reason="every angle is 0", n=int(known.sum()), n_clusters=groups.count,
        groups_of=groups.count, n_excluded={"all angles 0": int((~known).sum())} if not known.all() else {},
        **fields,
    )  # fmt: skip
