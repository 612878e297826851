"""Two ways to outline the same cases, compared case by case: the entry of ``comparisons``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.clustered import clustered_mean
from thirdeye.evaluation.distributions import t_quantile, t_two_sided_p
from thirdeye.evaluation.inputs import Clusters, check_clusters
from thirdeye.evaluation.mask_scores import MaskScore
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import NO_VARIANCE, PairedDifference
from thirdeye.evaluation.paired_measures import Measured
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.evaluation.verdict import verdict

_WORD = "Dice of structures that are there"  # the headline also counts marks where nothing is
CONVENTION = "mean over cases in which the reference marks it"
_OVERALL = "mean over cases of the mean over the structures that the reference marks"


def compare_masks(
    first: Sequence[MaskScore],
    second: Sequence[MaskScore],
    *,
    structures: Sequence[str],
    clusters: Mapping[str, str] | None,
    names: tuple[str, str],
    level: float = 0.95,
) -> dict[str, Any] | None:
    """Mean Dice of both with the paired difference, overall first, then structure by structure.

    Only structures that the reference marks count, so that both are measured on the same cases; marks in
    cases without the structure stand in the specificity.

    Args:
        first, second: scores of the same cases against the same reference.
        structures: names.
        clusters: case to patient; None where no patient is known.
        names: of the two.
        level: confidence level.

    Returns:
        An entry of ``comparisons``; None where no case is marked by the reference.
    """
    tables = [_table(scores, structures) for scores in (first, second)]
    cases = [case for case in tables[0] if case in tables[1] and not np.isnan(tables[0][case]).all()]
    if not cases:
        return None
    owners = None if clusters is None else np.array([clusters[case] for case in cases])
    pair = [np.array([table[case] for case in cases]) for table in tables]
    overall = _measured(np.nanmean(pair[0], axis=1), np.nanmean(pair[1], axis=1), owners, level, _OVERALL)
    measures = [overall]
    for column, structure in enumerate(structures):
        known = ~np.isnan(pair[0][:, column])
        if len(structures) > 1 and known.any():
            inside = None if owners is None else owners[known]
            one = _measured(pair[0][known, column], pair[1][known, column], inside, level, CONVENTION)
            measures.append(one.labelled(class_name=structure))
    return {
        "name": f"{names[0]} against {names[1]}",
        "first": names[0],
        "second": names[1],
        "n": len(cases),
        "n_clusters": len(cases) if owners is None else int(np.unique(owners).size),
        "level": level,
        "primary": "dice",
        "measures": [one.as_json() for one in measures],
        **verdict(overall, names=names, level=level, word=_WORD),
    }


def _table(scores: Sequence[MaskScore], structures: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """Case to its Dice by structure; NaN where the reference does not mark it."""
    columns = {name: i for i, name in enumerate(structures)}
    table: dict[str, NDArray[np.float64]] = {}
    for score in scores:
        row = table.setdefault(score.case, np.full(len(structures), np.nan))
        if score.there and score.dice is not None:
            row[columns[score.structure]] = score.dice
    return table


def _measured(
    one: NDArray[np.float64], other: NDArray[np.float64], owners: Any, level: float, convention: str
) -> Measured:
    groups: Clusters = check_clusters(owners, one.size)
    error = clustered_mean(one - other, groups).standard_error
    first, second, gap = float(one.mean()), float(other.mean()), float((one - other).mean())
    result = PairedDifference(first=first, second=second, difference=gap, n=one.size, n_clusters=groups.count)
    if error is not None and error**2 > NO_VARIANCE:
        df, t = groups.count - 1, gap / error
        half = t_quantile(0.5 + level / 2, df) * error
        result = replace(
            result, standard_error=error, ci_low=gap - half, ci_high=gap + half, statistic=t,
            p_value=t_two_sided_p(t, df), ci_method="paired_mean_t", test="paired_mean_t",
        )  # fmt: skip
    return Measured(_mean(one, groups, level, convention), _mean(other, groups, level, convention), result)


def _mean(values: NDArray[np.float64], groups: Clusters, level: float, convention: str) -> Metric:
    mean = mean_metric(values, name="dice", clusters=groups, level=level, convention=convention)
    return mean if mean.ci_high is None else mean.with_(ci_high=min(1.0, mean.ci_high))
