"""From the scores of single cases to the evidence of a segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.mask_pieces import comes_in_pieces, piece_metrics
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.evaluation.mask_sizes import size_agreement
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion

MEASURES: dict[str, str] = {
    "dice": "mean over cases where reference or prediction marks it; 0 where only one of them does",
    "iou": "mean over cases where reference or prediction marks it; 0 where only one of them does",
    "pixel_sensitivity": "share of the reference that is marked, mean over cases where it is there",
    "pixel_precision": "share of what is marked that is right, mean over cases where something is marked",
    "nsd": "share of both borders within the tolerance; 0 where only one mask is empty",
    "hd95_max_of_directed": "larger directed 95th percentile; the image's diagonal where one mask is empty",
    "assd_pooled": "mean of both directions together; the image's diagonal where one mask is empty",
}
QUARTERS = (25, 50, 75)
NOT_MARKED = "marked by neither"


def mask_evidence(
    scores: Sequence[MaskScore],
    *,
    structures: Sequence[str],
    clusters: Mapping[str, str] | None,
    unit: str,
    size_unit: str = "px",
    tolerance: float,
    excluded: Mapping[str, int] | None = None,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """One entry of "sets" in evaluation.json of a segmentation.

    Args:
        scores: of every case and structure.
        structures: names, in order.
        clusters: case to patient; None where no patient is known.
        unit: of distances: "mm" or "px".
        size_unit: of areas or volumes: "mm3", "mm2" or "px".
        tolerance: of the normalised surface distance, in that unit.
        excluded: reason to number of images left out before.
        level, n_resamples, seed: of the intervals, from resampled patients.
    """
    cases = list(dict.fromkeys(score.case for score in scores))
    names = np.array(cases if clusters is None else [clusters[case] for case in cases])
    groups = check_clusters(None if clusters is None else names, len(cases))
    tables = {measure: _table(scores, measure, cases, structures) for measure in MEASURES}
    metrics: list[Metric] = []
    for measure, table in tables.items():
        name = _name(measure, unit, tolerance)
        metrics += _means(name, MEASURES[measure], table, structures, groups, level, n_resamples, seed)
    metrics += _detected(scores, structures, groups, level)
    for structure in structures:
        own = [score.pieces for score in scores if score.structure == structure]
        if comes_in_pieces(own):
            metrics += piece_metrics(
                own, structure=structure, groups=groups, level=level, n_resamples=n_resamples, seed=seed
            )
    entry: dict[str, Any] = {
        "unit": "image",
        "length_unit": unit,
        "size_unit": size_unit,
        "n": len(cases),
        "n_patients": None if clusters is None else groups.count,
        "n_excluded": dict(excluded or {}),
        "n_by_class": {name: sum(s.there for s in scores if s.structure == name) for name in structures},
        "metrics": [
            metric.with_(n_excluded=dict(excluded or {}) | dict(metric.n_excluded)).as_json()
            for metric in metrics
        ],
        "cases": [score.as_json() for score in scores],
        "sizes": size_agreement(
            scores,
            structures=structures,
            clusters=clusters,
            unit=size_unit,
            level=level,
            n_resamples=n_resamples,
            seed=seed,
        ),
        "comparisons": [],
        "warnings": [],
    }
    return entry


def _name(measure: str, unit: str, tolerance: float) -> str:
    if measure == "nsd":
        return f"nsd_{tolerance:g}{unit}".replace(".", "_")
    return measure


def _table(
    scores: Sequence[MaskScore], measure: str, cases: Sequence[str], structures: Sequence[str]
) -> NDArray[np.float64]:
    """(cases, structures); NaN where undefined."""
    rows, columns = {c: i for i, c in enumerate(cases)}, {s: i for i, s in enumerate(structures)}
    table = np.full((len(cases), len(structures)), np.nan)
    for score in scores:
        value = getattr(score, measure)
        if value is not None:
            table[rows[score.case], columns[score.structure]] = value
    return table


def _means(
    name: str, convention: str, table: NDArray[np.float64], structures: Sequence[str], groups: Clusters,
    level: float, n_resamples: int, seed: int,
) -> list[Metric]:  # fmt: skip
    """Each structure's mean over cases, then the mean over structures."""
    known = ~np.isnan(table)
    sums = np.zeros((groups.count, 2 * table.shape[1]))
    np.add.at(sums, groups.codes, np.hstack([np.where(known, table, 0), known]))

    def means(weights: Weights) -> NDArray[np.float64]:
        totals = weights.astype(np.float64) @ sums
        above, below = totals[:, : table.shape[1]], totals[:, table.shape[1] :]
        each = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
        return np.hstack([each, _across(each)[:, None]])

    values = means(np.ones((1, groups.count), np.float32))[0]
    draws = resample([means], groups.count, n_resamples=n_resamples, seed=seed)[0]
    found = []
    for column, structure in enumerate(structures):
        here = known[:, column]
        found.append(
            bootstrap_metric(
                name, float(values[column]), draws[:, column], reason="no case marks it", n=int(here.sum()),
                n_clusters=len(set(groups.codes[here].tolist())), groups_of=int(here.sum()), level=level,
                class_name=structure, convention=convention, details=_spread(table[here, column]),
                n_excluded={NOT_MARKED: int((~here).sum())} if (~here).any() else {},
            )
        )  # fmt: skip
    if len(structures) > 1:
        found.append(
            bootstrap_metric(
                name, float(values[-1]), draws[:, -1], reason="no case marks anything", n=len(table),
                n_clusters=groups.count, groups_of=int(known.any(axis=1).sum()), level=level,
                convention=f"mean over structures of: {convention}",
            )
        )  # fmt: skip
    return found


def _across(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the structures that are defined."""
    known = ~np.isnan(each)
    count = known.sum(axis=1)
    total = np.where(known, each, 0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(each), np.nan), where=count > 0)


def _spread(values: NDArray[np.float64]) -> dict[str, float | int | str | None]:
    if not values.size:
        return {}
    low, middle, high = np.percentile(values, QUARTERS)
    return {
        "first_quartile": float(low), "median": float(middle), "third_quartile": float(high),
        "smallest": float(values.min()), "largest": float(values.max()),
    }  # fmt: skip


def _detected(
    scores: Sequence[MaskScore], structures: Sequence[str], groups: Clusters, level: float
) -> list[Metric]:
    """Case by case: is it marked where it is there, and left alone where it is not?"""
    found = []
    for structure in structures:
        own = [score for score in scores if score.structure == structure]
        there = np.array([score.there for score in own])
        marked = np.array([score.found for score in own])
        for name, rows, right in (
            ("case_sensitivity", there, marked),
            ("case_specificity", ~there, ~marked),
        ):
            if rows.any():
                clusters = groups.codes[rows].astype(str)
                metric = proportion(right[rows].astype(int), name=name, clusters=clusters, level=level)
                found.append(metric.with_(class_name=structure, convention="a single marked pixel counts"))
    return found
