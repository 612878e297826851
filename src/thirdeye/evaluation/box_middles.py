"""What is found where a mark need not fit a lesion's outline, but lie near its middle: for counted things.

As in the contests on mitoses (Ciresan et al., MICCAI 2013): a hit lies within half the side of a lesion from
its middle; each lesion is hit once, the highest score first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from thirdeye.evaluation.bootstrap import N_RESAMPLES, Weights, bootstrap_metric, resample
from thirdeye.evaluation.box_points import lesion_precision, lesion_sensitivity
from thirdeye.evaluation.box_ranking import Column, column_metric
from thirdeye.evaluation.box_set import BoxSet
from thirdeye.evaluation.boxes import FALSE
from thirdeye.evaluation.froc import froc_statistic, score_convention
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.threshold import Threshold

CONVENTION = (
    "a mark hits a lesion of its class whose middle lies within half the lesion's side; each lesion is hit "
    "once, highest score first; further marks on a found lesion are neither right nor wrong"
)


def middle_metrics(
    boxes: BoxSet,
    points: Sequence[Threshold],
    *,
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> list[Metric]:
    """`middle_froc_score`, and at each point `middle_sensitivity`, `middle_ppv` and `middle_f1`.

    Args:
        boxes: the set.
        points: operating points.
        level, n_resamples, seed: of the intervals, from resampled patients.
    """
    near = replace(boxes, matches=boxes.by_middle)
    fields: dict[str, Any] = {"level": level, "n_resamples": n_resamples, "seed": seed}
    found = [_ranked(near, name, code, **fields) for name, code in near.kinds]
    for point in points:
        for name, code in near.kinds:
            several = [
                lesion_sensitivity(near, point, code, level=level).with_(name="middle_sensitivity"),
                lesion_precision(near, point, code, level=level).with_(name="middle_ppv"),
                _f1(near, point, code, **fields),
            ]
            found += [point.mark(one).with_(class_name=name, convention=CONVENTION) for one in several]
    return found


def _ranked(
    near: BoxSet, name: str | None, code: int | None, *, level: float, n_resamples: int, seed: int
) -> Metric:
    marks = near.matches.marks(code)
    statistic = froc_statistic(marks, groups=near.groups)

    def score(weights: Weights) -> Any:
        return statistic(weights)[:, -1:]

    value = float(score(np.ones((1, near.groups.count), np.float32))[0, 0])
    drawn = resample([score], near.groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    told = f"{score_convention()}; {CONVENTION}"
    column = Column("middle_froc_score", name, int(marks.lesions.sum()), told)
    return column_metric(column, value, drawn, near, level=level)


def _f1(
    near: BoxSet, point: Threshold, code: int | None, *, level: float, n_resamples: int, seed: int
) -> Metric:
    """2 hits / (2 hits + false marks + missed lesions)."""
    matches, groups = near.matches, near.groups
    mine = np.ones(matches.lesion_class.shape, bool) if code is None else matches.lesion_class == code
    met = matches.lesion_score[mine] >= point.threshold  # NaN is never found
    made = (matches.score >= point.threshold) & (matches.outcome == FALSE)
    false = made if code is None else made & (matches.kind == code)
    of_lesion, of_mark = groups.codes[matches.lesion_case[mine]], groups.codes[matches.case[false]]
    hits = np.bincount(of_lesion[met], minlength=groups.count)
    wrong = np.bincount(of_lesion[~met], minlength=groups.count) + np.bincount(
        of_mark, minlength=groups.count
    )
    sums = np.column_stack([2 * hits, 2 * hits + wrong]).astype(np.float64)

    def share(weights: Weights) -> Any:
        total = weights.astype(np.float64) @ sums
        return np.divide(
            total[:, :1], total[:, 1:], out=np.full((len(total), 1), np.nan), where=total[:, 1:] > 0
        )

    value = float(share(np.ones((1, groups.count), np.float32))[0, 0])
    drawn = resample([share], groups.count, n_resamples=n_resamples, seed=seed)[0][:, 0]
    n = int(mine.sum())
    return bootstrap_metric(
        "middle_f1", value, drawn, reason="neither a lesion nor a mark is there", n=n,
        n_units=len(matches.cases), n_clusters=groups.count, groups_of=n, level=level, convention=CONVENTION,
    )  # fmt: skip
