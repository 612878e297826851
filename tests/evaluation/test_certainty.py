from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.certainty import (
    agreement,
    decided,
    distance_from_threshold,
    margin,
    one_minus_entropy,
    wrong_decisions,
)


def test_by_hand() -> None:
    table = np.array([[0.7, 0.2, 0.1], [1 / 3, 1 / 3, 1 / 3], [0, 0, 1]])
    assert distance_from_threshold(table, task="multiclass", threshold=None) == pytest.approx([0.55, 0, 1])
    assert margin(table) == pytest.approx([0.5, 0, 1])
    entropy = one_minus_entropy(table, task="multiclass")
    assert entropy[1:] == pytest.approx([0, 1])
    assert entropy[0] == pytest.approx(1 + sum(p * np.log(p) for p in (0.7, 0.2, 0.1)) / np.log(3))


def test_yes_or_no_is_measured_from_the_operating_point() -> None:
    p = np.array([0.2, 0.6, 0.1])
    found = distance_from_threshold(np.column_stack([1 - p, p]), task="binary", threshold=0.2)
    assert found == pytest.approx([0, 0.5, 0.5])
    assert decided(np.column_stack([1 - p, p]), task="binary", threshold=0.2).tolist() == [1, 1, 0]


def test_several_labels() -> None:
    table = np.array([[0.5, 1.0], [0.0, 0.25]])
    assert distance_from_threshold(table, task="multilabel", threshold=None) == pytest.approx([0.5, 0.75])
    assert one_minus_entropy(table, task="multilabel")[0] == pytest.approx(0.5)
    losses = wrong_decisions([[1, 0], [0, 0]], table, task="multilabel", threshold=None)
    assert losses.tolist() == [0.5, 0]


def test_agreement_of_parts() -> None:
    same = np.tile([[[0.8, 0.2]]], (1, 3, 1))
    apart = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    assert agreement(same, task="binary") == pytest.approx([1])
    assert agreement(apart, task="binary") == pytest.approx([0.5])
    # a say of 3 to 1: mean (0.75, 0.25), distances 0.25 and 0.75
    assert agreement(apart, task="binary", weights=[3, 1]) == pytest.approx([1 - (0.75 * 0.25 + 0.25 * 0.75)])
    assert agreement(apart, task="multilabel") == pytest.approx([0.5])
    with pytest.raises(UsageError, match="two parts"):
        agreement(same[:, :1], task="binary")


def test_wrong_decisions() -> None:
    table = np.array([[0.6, 0.4], [0.9, 0.1]])
    assert wrong_decisions([1, 0], table, task="binary", threshold=0.3).tolist() == [0, 0]
    assert wrong_decisions([1, 0], table, task="binary", threshold=None).tolist() == [1, 0]
