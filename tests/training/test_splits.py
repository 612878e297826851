"""Repeated splits count once, different ones all."""

from __future__ import annotations

import numpy as np

from thirdeye.training.splits import distinct_splits


def test_repetitions_are_left_out_in_order() -> None:
    one, other = (np.arange(3), np.arange(3, 5)), (np.arange(2, 5), np.arange(2))
    found = distinct_splits([one, one, other, one])
    assert [holdout.tolist() for _, holdout in found] == [[3, 4], [0, 1]]
    assert [train.tolist() for train, _ in found] == [[0, 1, 2], [2, 3, 4]]
