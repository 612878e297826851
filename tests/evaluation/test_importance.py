import numpy as np
import pytest

from thirdeye.evaluation.importance import importance_metric
from thirdeye.evaluation.paired import paired_auc


def _case(n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(n) % 2
    score = 1 / (1 + np.exp(-(random.normal(size=n) + 1.5 * labels)))
    return labels, np.column_stack([1 - score, score])


def _common(labels: np.ndarray, whole: np.ndarray) -> dict[str, object]:
    return {
        "labels": labels, "whole": whole, "classes": ["no", "yes"], "task": "binary", "positive": "yes",
        "clusters": None,
    }  # fmt: skip


def test_one_shuffle_is_the_paired_difference() -> None:
    labels, whole = _case()
    worse = np.random.default_rng(1).permutation(whole)
    found = importance_metric(**_common(labels, whole), shuffled=[worse])
    expected = paired_auc(labels, whole[:, 1], worse[:, 1])
    assert found.value == pytest.approx(expected.difference)
    assert found.ci_low == pytest.approx(expected.ci_low)
    assert found.status == "ok"


def test_several_shuffles_add_their_variance() -> None:
    labels, whole = _case()
    shuffles = [np.random.default_rng(seed).permutation(whole) for seed in range(4)]
    found = importance_metric(**_common(labels, whole), shuffled=shuffles)
    paired = [paired_auc(labels, whole[:, 1], table[:, 1]) for table in shuffles]
    losses = [one.difference for one in paired]
    error = np.sqrt(np.mean([one.standard_error**2 for one in paired]) + np.var(losses, ddof=1) / 4)
    assert found.value == pytest.approx(np.mean(losses))
    assert found.ci_high - found.ci_low == pytest.approx(2 * 1.959964 * error, rel=1e-5)
    assert found.details == {"shuffles": 4}


def test_nothing_changed_and_one_class_are_told() -> None:
    labels, whole = _case()
    same = importance_metric(**_common(labels, whole), shuffled=[whole, whole])
    assert (same.value, same.status, same.ci_low) == (0, "degenerate", None)
    single = importance_metric(**_common(np.zeros(120, int), whole), shuffled=[whole])
    assert (single.value, single.status) == (None, "undefined")
