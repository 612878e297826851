"""Another person's boxes against the same reference, and the network beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.box_points import point_metrics
from thirdeye.evaluation.box_set import BoxSet
from thirdeye.evaluation.boxes import FALSE
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import Threshold

Array = NDArray[np.float64]
EVERY = Threshold("every_mark", 0.0, "prespecified")


def reader_evidence(
    network: BoxSet,
    reader: BoxSet,
    *,
    point: Threshold | None,
    name: str,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> dict[str, Any]:
    """An entry of "readers": lesions found and false marks of another annotator, and how the network differs.

    Args:
        network: the whole set.
        reader: the images that the annotator drew in, their boxes as marks of score 1.
        point: operating point of the network; None leaves the difference out.
        name: of the annotator.
        level, n_resamples, seed: of the intervals, from resampled patients.

    Raises:
        UsageError: the annotator drew in an image that the set does not hold.
    """
    fields: dict[str, Any] = {"level": level, "n_resamples": n_resamples, "seed": seed}
    kept = ("lesion_sensitivity", "lesion_ppv", "false_positives_per_image")
    metrics = [
        metric.with_(operating_point=None, threshold=None, threshold_origin=None).as_json()
        for metric in point_metrics(reader, EVERY, **fields)
        if metric.name in kept
    ]
    patients = reader.groups.count if reader.patients_known else None
    entry = {"name": name, "n": len(reader.matches.cases), "n_patients": patients, "metrics": metrics}
    if point is not None:
        entry["network_minus_reader"] = [
            one.as_json() for one in _differences(network, reader, point, fields)
        ]
    return entry


def _differences(network: BoxSet, reader: BoxSet, point: Threshold, fields: dict[str, Any]) -> list[Metric]:
    """Network minus reader, on the reader's images: lesions found, and false marks per image."""
    places = {case: at for at, case in enumerate(network.matches.cases)}
    unknown = [case for case in reader.matches.cases if case not in places]
    if unknown:
        raise UsageError(f"the reader drew in {unknown[0]}, which is not in the set")
    rows = np.array([places[case] for case in reader.matches.cases])
    ours = _counts(network, point.threshold)[rows]
    theirs = _counts(reader, EVERY.threshold)
    lesions = reader.matches.lesions_per_case()
    columns = np.column_stack([ours - theirs, lesions, np.ones(len(rows))]).astype(np.float64)
    sums = np.zeros((reader.groups.count, columns.shape[1]))
    np.add.at(sums, reader.groups.codes, columns)

    def statistic(weights: Weights) -> Array:
        total = weights.astype(np.float64) @ sums
        found = np.divide(total[:, 0], total[:, 2], out=np.full(len(total), np.nan), where=total[:, 2] > 0)
        return np.column_stack([found, total[:, 1] / total[:, 3]])

    values = statistic(np.ones((1, reader.groups.count), np.float32))[0]
    draws = resample(
        [statistic], reader.groups.count, n_resamples=fields["n_resamples"], seed=fields["seed"]
    )[0]
    told = (
        ("lesion_sensitivity_difference", int(lesions.sum())),
        ("false_positives_per_image_difference", len(rows)),
    )
    fields_of = {"n_clusters": reader.groups.count, "level": fields["level"], "reason": "no lesion is there"}
    said = "network minus reader, against the same reference"
    return [
        point.mark(
            bootstrap_metric(name, float(value), drawn, n=n, groups_of=n, convention=said, **fields_of)
        )
        for (name, n), value, drawn in zip(told, values, draws.T, strict=True)
    ]


def _counts(boxes: BoxSet, threshold: float) -> Array:
    """(i, 2) lesions found and false marks in each image."""
    matches, n = boxes.matches, len(boxes.matches.cases)
    found = np.bincount(matches.lesion_case[matches.lesion_score >= threshold], minlength=n)
    false = np.bincount(matches.case[(matches.outcome == FALSE) & (matches.score >= threshold)], minlength=n)
    return np.column_stack([found, false]).astype(np.float64)
