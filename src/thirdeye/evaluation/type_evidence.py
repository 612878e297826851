"""Types that follow from measurements: how often the points found give the type of the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.evaluation.measurement_evidence import FOUND, FROM_POINTS, NO_REFERENCE, Values
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion

Array = NDArray[np.float64]
ACCURACY, BALANCED = "type_accuracy", "type_balanced_accuracy"
_SAYS = {
    ACCURACY: "share of cases with the type that the reference points give; no type counts as wrong",
    BALANCED: "mean over the types that the reference has of the share of each that is found",
}
_OVERALL = "; mean over the measurements"
_NONE = "no case has a type by its reference points"


def type_codes(values: Sequence[Values], definition: Definition) -> NDArray[np.int64]:
    """(n, 2) number of the type of the reference and of what was found; -1 where there is none."""
    places = {one.name: n for n, one in enumerate(definition.types)}

    def code(derived: Sequence[Any]) -> int:
        own = next((one.type for one in derived if one.name == definition.name), None)
        return places.get(own, -1) if own is not None else -1

    return np.array([[code(one.reference), code(one.found)] for one in values], np.int64).reshape(-1, 2)


def type_evidence(
    values: Sequence[Values],
    definitions: Sequence[Definition],
    *,
    patients_known: bool,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any] | None:
    """Success of the types, of each measurement that has types and over all of them.

    Args:
        values: of the cases, from `measured_values`.
        definitions: that they were made with.
        patients_known: whether patients say which cases belong together.
        level, n_resamples, seed: of the intervals.

    Returns:
        ``metrics`` over all measurements, and ``measurements``: entries ``name``, ``types``, ``measured``,
        ``reference``, ``n``, ``n_excluded``, ``n_without`` (nothing measured: wrong), ``counts`` (rows: type
        of the reference), ``metrics``. None where no measurement has types.
    """
    typed = [one for one in definitions if one.types]
    if not typed or not values:
        return None
    groups = check_clusters([one.patient for one in values] if patients_known else None, len(values))
    codes = [type_codes(values, one) for one in typed]
    tables = [_table(one, len(d.types), groups) for one, d in zip(codes, typed, strict=True)]
    value, draws = _shares(tables, groups, n_resamples=n_resamples, seed=seed)
    entries = []
    for place, (definition, own) in enumerate(zip(typed, codes, strict=True)):
        counts = tables[place].sum(axis=0)
        metrics = [
            _accuracy(own, groups, level),
            _resampled(BALANCED, value[place, 1], draws[:, place, 1], [tables[place]], level),
        ]
        entries.append(_entry(definition, counts, len(own), metrics))
    overall = [
        _resampled(name, value[-1, column], draws[:, -1, column], tables, level, _OVERALL)
        for column, name in enumerate((ACCURACY, BALANCED))
    ]
    return {"metrics": [one.as_json() for one in overall], "measurements": entries}


def type_hits(
    first: Sequence[Values], second: Sequence[Values], definitions: Sequence[Definition]
) -> NDArray[np.float64] | None:
    """(n, m, 2) 1 where the type is that of the reference, of either reader; NaN without a reference.

    Args:
        first, second: of the same cases, from `measured_values`.
        definitions: that they were made with; None comes back where none of the m has types.
    """
    typed = [one for one in definitions if one.types]
    if not typed:
        return None
    sides = []
    for values in (first, second):
        codes = np.stack([type_codes(values, one) for one in typed], axis=1)  # (n, m, 2)
        sides.append(np.where(codes[..., 0] >= 0, codes[..., 0] == codes[..., 1], np.nan))
    return np.stack(sides, axis=-1)


def _table(codes: NDArray[np.int64], k: int, groups: Clusters) -> Array:
    """(I, k, k + 1) cases of each patient by type of the reference and type that was found; last: none."""
    known = codes[:, 0] >= 0
    table = np.zeros((groups.count, k, k + 1))
    np.add.at(table, (groups.codes[known], codes[known, 0], codes[known, 1]), 1.0)  # -1 is the last
    return table


def _shares(
    tables: Sequence[Array], groups: Clusters, *, n_resamples: int, seed: int
) -> tuple[Array, Array]:  # fmt: skip
    """(m + 1, 2) both shares of each measurement, last their means; and (b, m + 1, 2) draws."""

    def statistic(weights: Weights) -> Array:
        each = np.stack([_pair(weights.astype(np.float64), table) for table in tables], axis=1)
        defined = ~np.isnan(each)
        mean = _divided(np.where(defined, each, 0).sum(axis=1), defined.sum(axis=1).astype(np.float64))
        return np.concatenate([each, mean[:, None]], axis=1).reshape(len(weights), -1)

    value = statistic(np.ones((1, groups.count), np.float32)).reshape(-1, 2)
    draws = resample([statistic], groups.count, n_resamples=n_resamples, seed=seed)[0]
    return value, draws.reshape(len(draws), -1, 2)


def _pair(weights: Array, table: Array) -> Array:
    """(b, 2) accuracy and balanced accuracy of resampled patients; NaN without a case."""
    counts = np.tensordot(weights, table, axes=1)  # (b, k, k + 1)
    right, rows = np.diagonal(counts, axis1=1, axis2=2), counts.sum(axis=2)
    recall = np.divide(right, rows, out=np.zeros(rows.shape), where=rows > 0)
    there = (rows > 0).sum(axis=1).astype(np.float64)
    return np.column_stack([
        _divided(right.sum(axis=1), rows.sum(axis=1)), _divided(recall.sum(axis=1), there)
    ])  # fmt: skip


def _divided(above: Array, below: Array) -> Array:
    return np.divide(above, below.reshape(above.shape), out=np.full(above.shape, np.nan), where=below > 0)


def _accuracy(codes: NDArray[np.int64], groups: Clusters, level: float) -> Metric:
    """Of one measurement; `commonest` is what the commonest type of the reference would reach for all."""
    known = codes[:, 0] >= 0
    truth, found = codes[known].T
    metric = proportion(
        truth == found, name=ACCURACY, clusters=groups.codes[known], level=level, convention=_SAYS[ACCURACY],
        empty=_NONE,
    )  # fmt: skip
    commonest = float(np.bincount(truth).max() / len(truth)) if len(truth) else None
    return metric.with_(details={**metric.details, "commonest": commonest})


def _resampled(
    name: str, value: float, draws: Array, tables: Sequence[Array], level: float, more: str = ""
) -> Metric:  # fmt: skip
    of_types = np.concatenate([table.sum(axis=(0, 2)) for table in tables])
    patients = int(sum(table.sum(axis=(1, 2)) for table in tables).astype(bool).sum())
    rests_on = int(min(of_types[of_types > 0], default=0)) if name == BALANCED else patients
    return bootstrap_metric(
        name, float(value), draws, reason=_NONE, n=int(of_types.sum()), level=level,
        n_clusters=patients, groups_of=rests_on, convention=_SAYS[name] + more,
    )  # fmt: skip


def _entry(definition: Definition, counts: Array, n: int, metrics: Sequence[Metric]) -> dict[str, Any]:
    lost = n - int(counts.sum())
    left_out = {NO_REFERENCE: lost} if lost else {}
    return {
        "name": definition.name,
        "types": [one.name for one in definition.types],
        "measured": FOUND,
        "reference": FROM_POINTS,
        "n": int(counts.sum()),
        "n_excluded": left_out,
        "n_without": int(counts[:, -1].sum()),
        "counts": counts[:, :-1].astype(int).tolist(),
        "metrics": [one.with_(class_name=definition.name, n_excluded=left_out).as_json() for one in metrics],
    }
