"""Does one model beat another on the same cases? Paired tests, and one sentence about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.bootstrap import N_RESAMPLES
from thirdeye.evaluation.case_set import CaseSet, read_case_set
from thirdeye.evaluation.multiplicity import adjusted
from thirdeye.evaluation.paired import PairedDifference
from thirdeye.evaluation.paired_measures import (
    Measured,
    Pair,
    compare_auc,
    compare_balanced_accuracy,
    compare_kappa,
    compare_loss,
    compare_macro_auc,
    compare_rate,
)
from thirdeye.evaluation.threshold import Threshold, half
from thirdeye.evaluation.verdict import verdict


def compare_models(
    *,
    labels: Any,
    first: Any,
    second: Any,
    classes: Sequence[str],
    task: str,
    positive: str | None,
    clusters: Any,
    names: tuple[str, str] = ("network", "traditional technique"),
    first_points: Sequence[Mapping[str, Any]] = (),
    second_points: Sequence[Mapping[str, Any]] = (),
    level: float = 0.95,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
    only_primary: bool = False,
) -> dict[str, Any]:
    """An entry of "comparisons": does the first model beat the second on the same cases?

    The verdict rests on one measure, named `primary`: the AUC (binary) or the macro AUC. Operating points
    of a binary task are compared where both models have one of the same name, each with its own threshold.

    Args:
        labels: (n,) class numbers; (n, K) of 0 and 1 for multi-label.
        first, second: (n, K) probabilities of either model, columns in `classes` order.
        classes, task, positive, clusters: as for `evaluate_set`.
        names: of the models, as the sentence should have them.
        first_points, second_points: either model's operating points.
        level: confidence level.
        n_resamples, seed: of the bootstrap by patient behind balanced accuracy and kappa.
        only_primary: leave the other measures out.

    Raises:
        UsageError, DataRefused: as `evaluate_set`.
    """
    pair = _pair(
        (first, first_points), (second, second_points), labels=labels, classes=classes, task=task,
        positive=positive, clusters=clusters, level=level, n_resamples=n_resamples, seed=seed,
    )  # fmt: skip
    if only_primary:
        measured = [_primary(pair, task)]
    else:
        measured = _binary(pair) if task == "binary" else _many(pair, task)
    return {
        "name": f"{names[0]} against {names[1]}",
        "first": names[0],
        "second": names[1],
        "n": pair.first.n,
        "n_clusters": pair.first.groups.count,
        "level": level,
        "primary": measured[0].first.name,
        "measures": [measure.as_json() for measure in measured],
        **verdict(measured[0], names=names, level=level),
    }


def primary_difference(
    *,
    labels: Any,
    first: Any,
    second: Any,
    classes: Sequence[str],
    task: str,
    positive: str | None,
    clusters: Any,
    level: float = 0.95,
) -> PairedDifference | None:
    """The paired difference of the (macro) AUC, first minus second; None where it is undefined.

    Args:
        labels, first, second, classes, task, positive, clusters, level: as for `compare_models`.
    """
    pair = _pair(
        (first, ()), (second, ()), labels=labels, classes=classes, task=task, positive=positive,
        clusters=clusters, level=level,
    )  # fmt: skip
    return _primary(pair, task).result


def with_adjusted(comparisons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The comparisons with ``p_adjusted``: Holm over the p values of their primary measures.

    Args:
        comparisons: entries of one family of questions; one without a p value is not counted.
    """
    p_values = [comparison["measures"][0]["p_value"] for comparison in comparisons]
    known = [p for p in p_values if p is not None]
    found = iter(adjusted(known, "holm").tolist())
    return [
        {
            **comparison,
            "p_adjusted": None if p is None else next(found),
            "adjustment": "holm",
            "adjusted_over": len(known),
        }
        for comparison, p in zip(comparisons, p_values, strict=True)
    ]


def _pair(*models: tuple[Any, Sequence[Mapping[str, Any]]], **common: Any) -> Pair:
    """Two models, each its probabilities and operating points, on the same cases."""
    first, second = (
        read_case_set(probabilities=values, operating_points=points, **common) for values, points in models
    )
    return Pair(first, second)


def _primary(pair: Pair, task: str) -> Measured:
    if task == "binary":
        return compare_auc(pair, pair.first.positive or 0)
    return compare_macro_auc(pair)


def _binary(pair: Pair) -> list[Measured]:
    column = pair.first.positive or 0
    truth = pair.first.membership[:, column]
    scores = [cases.probabilities[:, column] for cases in pair.both]
    losses = [(values - truth) ** 2 for values in scores]
    measured = [compare_auc(pair, column), compare_loss(pair, "brier", *losses)]
    for points in _shared_points(pair):
        calls = [values >= point.threshold for values, point in zip(scores, points, strict=True)]
        measured += [_mark(measure, points) for measure in _rates(pair, truth, *calls)]
    return measured


def _rates(
    pair: Pair, truth: NDArray[np.bool_], first: NDArray[np.bool_], second: NDArray[np.bool_]
) -> list[Measured]:
    rights = first == truth, second == truth
    everyone = np.ones(truth.shape, dtype=bool)
    return [
        compare_rate(pair, "sensitivity", *rights, truth),
        compare_rate(pair, "specificity", *rights, ~truth),
        compare_rate(pair, "accuracy", *rights, everyone),
        compare_balanced_accuracy(pair, truth, first, second, k=2),
    ]


def _shared_points(pair: Pair) -> list[tuple[Threshold, Threshold]]:
    others = {point.name: point for point in pair.second.thresholds}
    shared = [(point, others[point.name]) for point in pair.first.thresholds if point.name in others]
    return shared if any(one.name == half().name for one, _ in shared) else [*shared, (half(), half())]


def _mark(measure: Measured, points: tuple[Threshold, Threshold]) -> Measured:
    return Measured(points[0].mark(measure.first), points[1].mark(measure.second), measure.result)


def _many(pair: Pair, task: str) -> list[Measured]:
    columns = range(len(pair.first.classes))
    by_class = [compare_auc(pair, c).labelled(class_name=pair.first.classes[c]) for c in columns]
    losses = [_summed_brier(cases) for cases in pair.both]
    measured = [compare_macro_auc(pair), *by_class, compare_loss(pair, "brier", *losses)]
    if task == "multilabel":
        return measured
    truth, first, second = pair.first.labels, pair.first.predicted, pair.second.predicted
    everyone = np.ones(truth.shape, dtype=bool)
    measured.append(compare_rate(pair, "accuracy", first == truth, second == truth, everyone))
    measured.append(compare_balanced_accuracy(pair, truth, first, second, k=len(pair.first.classes)))
    return [*measured, compare_kappa(pair)] if task == "ordinal" else measured


def _summed_brier(cases: CaseSet) -> NDArray[np.float64]:
    return ((cases.probabilities - cases.membership) ** 2).sum(axis=1)
