from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.partial_auc import partial_auc

CASES = (
    "s100b.specificity_0.8_0.2", "ndka.specificity_1_0.9", "ndka.sensitivity_1_0.9",
    "ndka.specificity_0.8_0.2", "wfns.sensitivity_1_0.9",
)  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize("name", CASES)
def test_as_proc(known, name: str) -> None:
    case = known[f"pauc.asah.{name}"]
    columns, asked = known.columns(f"pauc.asah.{name}"), case["params"]
    labels = columns["outcome"].astype(int)
    high, low = asked["range"]
    found = partial_auc(labels, columns[asked["score"]], focus=asked["focus"], low=low, high=high)
    assert found.value == pytest.approx(case["value"]["pauc"], rel=1e-9)
    told = case["value"]["pauc_mcclish_corrected"]
    assert found.corrected == (None if told is None else pytest.approx(told, rel=1e-9))


@pytest.mark.parametrize("focus", ["specificity", "sensitivity"])
def test_the_whole_range_is_the_auc(rng, focus) -> None:
    labels, scores = rng.integers(0, 2, 200), rng.integers(0, 30, 200)
    found = partial_auc(labels, scores, focus=focus, low=0, high=1)
    assert found.value == pytest.approx(auc(labels, scores).value)
    parts = [partial_auc(labels, scores, focus=focus, low=k / 10, high=(k + 1) / 10).value for k in range(10)]
    assert sum(parts) == pytest.approx(found.value)


def test_as_scikit_learn(rng) -> None:
    from sklearn.metrics import roc_auc_score

    labels = rng.integers(0, 2, 300)
    scores = np.round(rng.normal(labels, 1), 1)
    found = partial_auc(labels, scores, focus="specificity", low=0.8, high=1)
    assert found.corrected == pytest.approx(roc_auc_score(labels, scores, max_fpr=0.2))


def test_ends() -> None:
    assert partial_auc([0, 0, 1, 1], [1, 2, 3, 4], focus="specificity", low=0.5, high=1).corrected == 1.0
    assert partial_auc([1, 1, 0, 0], [1, 2, 3, 4], focus="specificity", low=0.5, high=1).corrected is None


def test_refusals() -> None:
    with pytest.raises(UsageError, match="low < high"):
        partial_auc([0, 1], [0, 1], focus="specificity", low=0.9, high=0.9)
    with pytest.raises(UsageError, match="choose specificity or sensitivity"):
        partial_auc([0, 1], [0, 1], focus="fpr", low=0, high=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [0.05, 0.1, 0.2, 0.3, 0.7])
@pytest.mark.parametrize("n", [10, 30, 77])
def test_constant_scores_are_chance(width: float, n: int) -> None:
    labels = np.arange(n) % 3 == 0
    found = partial_auc(labels, np.ones(n), focus="specificity", low=1 - width, high=1)
    assert found.corrected == pytest.approx(0.5)
