"""Two readers' points on the same cases: is one closer to the reference?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import (
    N_RESAMPLES,
    Weights,
    bootstrap_metric,
    percentile_interval,
    resample,
)
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.landmark_evidence import length_unit
from thirdeye.evaluation.metric import MIN_EVENTS, undefined
from thirdeye.evaluation.paired import PairedDifference
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.point_case import PointCase
from thirdeye.evaluation.type_evidence import ACCURACY

Array = NDArray[np.float64]
_MORE = "more is better; all measurements of all cases, not the mean of the measurements"
TEST = "paired_bootstrap_by_cluster"
_UNITS = {"mm": "mm", "px": "px", "deg": "degrees", "1": ""}


def compare_points(
    first: Sequence[PointCase],
    second: Sequence[PointCase],
    *,
    names: tuple[str, str],
    patients_known: bool,
    angles: Mapping[str, tuple[str, Any]] | None = None,
    types: Any = None,
    kind: str | None = None,
    source: str | None = None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """An entry of "comparisons": does the first reader put points closer to the reference than the second?

    The verdict rests on the mean distance, of points that both found. The difference and its interval come
    from resampled patients, paired over cases; less is better. Fewer than `MIN_EVENTS` of them give no
    interval.

    Args:
        first, second: the same cases in the same order, with the points of either reader.
        names: of the readers, as the sentence should have them.
        patients_known: whether patients say which cases belong together.
        angles: measurement to its unit and (n, 3) reference, first's and second's value of each case; NaN
            where there is none.
        types: (n, m, 2) 1 where the type of a measurement is that of the reference, of the first's points and
            of the second's; 0 where it is not, NaN where the reference has none. None: no types.
        kind, source: as in the schema ("traditional", "simple"; name in ``predictions.csv``).
        level, n_resamples, seed: of the interval.

    Raises:
        UsageError: not the same cases on both sides.
    """
    if [case.case for case in first] != [case.case for case in second] or not first:
        raise UsageError("two readers are compared on the same cases in the same order, one or more")
    patients = np.array([case.patient for case in first]) if patients_known else None
    groups = check_clusters(patients, len(first))
    how = {"level": level, "n_resamples": n_resamples, "seed": seed}
    unit = length_unit(first)
    one, other = (np.array([case.distances(unit) for case in cases]) for cases in (first, second))
    rows = np.repeat(groups.codes[:, None], one.shape[1], axis=1)
    measures = [_measured(f"mre_{unit}", one.ravel(), other.ravel(), rows.ravel(), groups, None, how)]
    for name, (angle_unit, values) in (angles or {}).items():
        table = np.asarray(values, np.float64)
        gaps = np.abs(table[:, 1:] - table[:, :1])
        word = {"1": "ratio"}.get(angle_unit, angle_unit)
        measures.append(_measured(f"mae_{word}", gaps[:, 0], gaps[:, 1], groups.codes, groups, name, how))
    if types is not None:
        hits = np.asarray(types, np.float64)
        rows = np.repeat(groups.codes, hits.shape[1])
        mine, theirs = hits.reshape(-1, 2).T
        measures.append(_measured(ACCURACY, mine, theirs, rows, groups, None, how, _MORE))
    more = {name: value for name, value in (("kind", kind), ("source", source)) if value is not None}
    return {
        "name": f"{names[0]} against {names[1]}",
        "first": names[0],
        "second": names[1],
        "n": len(first),
        "n_clusters": groups.count,
        "level": level,
        "primary": measures[0].first.name,
        "measures": [measure.as_json() for measure in measures],
        **more,
        **_verdict(measures[0], names, _UNITS[unit], level),
    }


def _measured(
    name: str, one: Array, other: Array, codes: NDArray[np.int64], groups: Clusters, label: str | None,
    how: Mapping[str, Any], better: str = "less is better",
) -> Measured:  # fmt: skip
    """Mean of either and of the difference, over rows that both have."""
    known = ~np.isnan(one) & ~np.isnan(other)
    n = int(known.sum())
    if not n:
        none = undefined(name, "no point or value that both have", n=0, class_name=label)
        return Measured(none, none, None)
    sums = np.zeros((groups.count, 4))
    held = np.column_stack([one, other, one - other, np.ones(one.size)])
    np.add.at(sums, codes[known], held[known])

    def means(weights: Weights) -> Array:
        totals = weights.astype(np.float64) @ sums
        below = totals[:, 3:]
        return np.divide(totals[:, :3], below, out=np.full((len(totals), 3), np.nan), where=below > 0)

    values = means(np.ones((1, groups.count), np.float32))[0]
    draws = resample([means], groups.count, n_resamples=how["n_resamples"], seed=how["seed"])[0]
    clusters = len(set(codes[known].tolist()))
    sides = [
        bootstrap_metric(
            name, float(values[side]), draws[:, side], reason="nothing in common", n=n, n_clusters=clusters,
            groups_of=clusters, level=how["level"], class_name=label,
            convention=f"over what both have; {better}",
        )
        for side in (0, 1)
    ]  # fmt: skip
    return Measured(sides[0], sides[1], _difference(values, draws[:, 2], n, clusters, how["level"]))


def _difference(values: Array, draws: Array, n: int, clusters: int, level: float) -> PairedDifference:
    usable = draws[~np.isnan(draws)]
    plain: dict[str, Any] = {
        "first": float(values[0]), "second": float(values[1]), "difference": float(values[2]), "n": n,
        "n_clusters": clusters,
    }  # fmt: skip
    if clusters < MIN_EVENTS or usable.size < draws.size / 2 or float(np.ptp(usable)) == 0:
        return PairedDifference(**plain)
    low, high = percentile_interval(usable, level=level)
    tail = min(int((usable <= 0).sum()), int((usable >= 0).sum()))
    return PairedDifference(
        **plain, standard_error=float(usable.std(ddof=1)), ci_low=low, ci_high=high,
        p_value=min(1.0, 2 * (tail + 1) / (usable.size + 1)), ci_method=TEST, test=TEST,
    )  # fmt: skip


def _verdict(measure: Measured, names: tuple[str, str], unit: str, level: float) -> dict[str, Any]:
    """`outcome` for programs and `verdict` for people; less is better."""
    first, second = names
    result = measure.result
    if result is None:
        return {
            "outcome": "undetermined",
            "verdict": f"The {first} cannot be compared with the {second}: {measure.first.reason}.",
        }
    text = f"mean distance {result.first:.2f} against {result.second:.2f} {unit}"
    text += f", difference {result.difference:+.2f}"
    if result.ci_low is None or result.ci_high is None:
        return {
            "outcome": "undetermined",
            "verdict": f"The {first} has not been shown to be closer than the {second}: {text}, without an "
            f"interval ({result.n:,} points, {result.n_clusters} patients or images).",
        }
    outcome = "better" if result.ci_high < 0 else "worse" if result.ci_low > 0 else "not_better"
    opening = {
        "better": f"The {first} beats the {second}",
        "worse": f"The {first} does not beat the {second}; the {second} is closer",
        "not_better": f"The {first} does not beat the {second}",
    }[outcome]
    interval = f"{100 * level:g} % interval {result.ci_low:+.2f} to {result.ci_high:+.2f}"
    return {"outcome": outcome, "verdict": f"{opening}: {text} ({interval}, {result.n:,} points)."}
