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
    "dice": "mean over the cases in which either marks it; 0 where only one of the two does",
    "iou": "mean over the cases in which either marks it; 0 where only one of the two does",
    "pixel_sensitivity": "share of the reference that is marked, mean over the cases in which it is there",
    "pixel_precision": "share of what is marked that is right, mean over the cases in which something is",
    "nsd": "share of both borders that lie within the tolerance; 0 where only one of the two marks it",
    "hd95_max_of_directed": "95% of each border lie closer to the other; the image's diagonal where only one "
    "of the two marks it",
    "assd_pooled": "mean distance of both borders; the image's diagonal where only one of the two marks it",
}
LENGTHS = ("nsd", "hd95_max_of_directed", "assd_pooled")  # those that are in a unit
QUARTERS = (25, 50, 75)
NOT_MARKED = "marked by neither"
OTHER_UNIT = {
    "mm": "spacing not stated: distances would be in pixels",
    "px": "distances would be in mm, those of most cases are in pixels",
}


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

    Where some cases are measured in mm and others in pixels, distances and sizes are those of the cases in
    `unit` alone; the others are counted, and a warning says so. Overlap has no unit and is of all.

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
    alike = in_unit(scores, unit)
    metrics: list[Metric] = []
    for measure, convention in MEASURES.items():
        counted, name = alike if measure in LENGTHS else scores, _name(measure, unit, tolerance)
        table = _table(counted, measure, cases, structures)
        apart = np.isin(cases, [score.case for score in counted], invert=True)
        found = _means(name, convention, table, structures, groups, level, n_resamples, seed, apart=apart)
        metrics += [_left_out(metric, unit, int(apart.sum())) for metric in found]
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
            alike,
            structures=structures,
            clusters=clusters,
            unit=size_unit,
            level=level,
            n_resamples=n_resamples,
            seed=seed,
        ),
        "comparisons": [],
        "warnings": _warnings(cases, alike, unit),
    }
    return entry


def in_unit(scores: Sequence[MaskScore], unit: str) -> list[MaskScore]:
    """The scores whose distances are in a unit; all of them where none is, or all are.

    Args:
        scores: of cases.
        unit: "mm" or "px".
    """
    return [score for score in scores if score.unit == unit] or list(scores)


def main_unit(scores: Sequence[MaskScore]) -> str:
    """ "mm" or "px": the unit of most cases, millimetres on a tie."""
    units = list({score.case: score.unit for score in scores}.values())
    return "px" if units.count("px") > units.count("mm") else "mm"


def _warnings(cases: Sequence[str], alike: Sequence[MaskScore], unit: str) -> list[str]:
    known = len({score.case for score in alike})
    if known == len(cases):
        return []
    where = (
        "state the distance of their pixels" if unit == "mm" else "do not state the distance of their pixels"
    )
    return [
        f"{known} of {len(cases)} images {where}: distances of borders and sizes are of these alone. State "
        "it for every image to have them all in millimetres."
    ]


def _left_out(metric: Metric, unit: str, number: int) -> Metric:
    """The metric with the cases of another unit counted apart."""
    return metric.with_(n_excluded={**metric.n_excluded, OTHER_UNIT[unit]: number}) if number else metric


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
    level: float, n_resamples: int, seed: int, *, apart: NDArray[np.bool_],
) -> list[Metric]:  # fmt: skip
    """Each structure's mean over cases, then the mean over structures; cases `apart` take no part."""
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
                widened=True,
                class_name=structure, convention=convention, details=_spread(table[here, column]),
                n_excluded={NOT_MARKED: int((~here & ~apart).sum())} if (~here & ~apart).any() else {},
            )
        )  # fmt: skip
    if len(structures) > 1:
        there = int(known.any(axis=1).sum())
        found.append(
            bootstrap_metric(
                name, float(values[-1]), draws[:, -1], reason="no case marks anything",
                n=int((~apart).sum()), n_clusters=len(set(groups.codes[~apart].tolist())), groups_of=there,
                level=level, widened=True, convention=f"mean over structures of: {convention}",
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
