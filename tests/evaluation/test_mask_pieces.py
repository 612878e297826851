from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.mask_pieces import Pieces, comes_in_pieces, count_pieces, piece_metrics


def test_pieces_by_hand() -> None:
    reference, predicted = np.zeros((8, 8), bool), np.zeros((8, 8), bool)
    reference[0, 0] = reference[1, 1] = True  # touch at a corner: one piece
    reference[4:6, 4:6] = reference[7, 0] = True
    predicted[1, 1] = predicted[0, 7] = True
    assert count_pieces(reference, predicted) == Pieces(reference=3, found=1, predicted=2, false=1)
    assert count_pieces(predicted, reference) == Pieces(reference=2, found=1, predicted=3, false=2)


def test_one_marked_piece_may_find_two() -> None:
    reference, predicted = np.zeros((3, 9, 3), bool), np.zeros((3, 9, 3), bool)
    reference[1, 1, 1] = reference[1, 7, 1] = True
    predicted[1, :, 1] = True
    assert count_pieces(reference, predicted) == Pieces(2, 2, 1, 0)


def test_pieces_are_counted_only_where_they_are_common() -> None:
    one, two, none = Pieces(1, 1, 1, 0), Pieces(2, 1, 1, 0), Pieces(0, 0, 1, 1)
    assert comes_in_pieces([one] * 4 + [two])
    assert not comes_in_pieces([one] * 5 + [two])
    assert not comes_in_pieces([none])


def test_metrics_count_pieces_and_not_cases() -> None:
    counts = [Pieces(3, 2, 4, 2), Pieces(1, 1, 1, 0), Pieces(0, 0, 1, 1)]
    groups = check_clusters(np.array(["a", "b", "c"]), 3)
    rate, false = piece_metrics(counts, structure="lesion", groups=groups, n_resamples=200)
    assert (rate.name, rate.value, rate.n, rate.class_name) == ("piece_sensitivity", 0.75, 4, "lesion")
    assert false.name == "false_pieces_per_case"
    assert false.value == pytest.approx(1.0)
    assert false.n == 3
