"""Bad input gets one sentence that quotes it."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import (
    check_binary,
    check_class_indices,
    check_clusters,
    check_probabilities,
    check_probability_matrix,
    check_scores,
)


def test_good_input_passes_unchanged():
    assert check_binary([0, 1, True]).tolist() == [False, True, True]
    assert check_scores([0.1, -3], 2).tolist() == [0.1, -3]
    assert check_class_indices([2, 0], 3).tolist() == [2, 0]


@pytest.mark.parametrize(
    ("labels", "error", "words"),
    [
        ([0, 2, 1], DataRefused, "2.0 in row 1"),
        ([0, np.nan], DataRefused, "nan in row 1"),
        ([], UsageError, "at least one case"),
        ([[0, 1]], UsageError, r"\(1, 2\)"),
        (["sick", "well"], UsageError, "expected numbers"),
    ],
)
def test_labels(labels, error, words):
    with pytest.raises(error, match=words):
        check_binary(labels)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_must_be_finite(bad):
    with pytest.raises(DataRefused, match="in row 1 is not finite"):
        check_scores([0.5, bad], 2)


def test_lengths_must_agree():
    with pytest.raises(UsageError, match="3 cases"):
        check_scores([0.5, 0.1], 3)
    with pytest.raises(UsageError, match="clusters"):
        check_clusters(["a"], 2)


@pytest.mark.parametrize("bad", [-0.01, 1.5])
def test_probabilities_lie_between_zero_and_one(bad):
    with pytest.raises(DataRefused, match=str(bad)):
        check_probabilities([0.5, bad], 2)


def test_rows_of_probabilities_sum_to_one():
    with pytest.raises(DataRefused, match=r"row 1 sums to 1\.2"):
        check_probability_matrix([[0.5, 0.5], [0.6, 0.6]], 2, 2, sums_to_one=True)
    assert check_probability_matrix([[0.6, 0.6]], 1, 2, sums_to_one=False).shape == (1, 2)
    with pytest.raises(UsageError, match="2 cases x 3 classes"):
        check_probability_matrix([[0.5, 0.5]], 2, 3, sums_to_one=True)


@pytest.mark.parametrize("bad", [3, -1, 0.5, np.nan])
def test_class_numbers(bad):
    with pytest.raises(DataRefused, match="row 1"):
        check_class_indices([0, bad], 3)


def test_clusters_are_numbered_and_subset():
    groups = check_clusters(["b", "a", "b", "c"], 4)
    assert (groups.count, groups.repeated) == (3, True)
    assert groups.codes[0] == groups.codes[2] != groups.codes[1]
    part = groups.of(np.array([False, True, False, True]))
    assert (part.count, part.repeated) == (2, False)
    assert not check_clusters(None, 3).repeated


@pytest.mark.parametrize("blank", [[1.0, np.nan], ["a", ""], ["a", None]])
def test_a_row_without_a_patient_is_refused(blank):
    with pytest.raises(UsageError, match="row 1 has no cluster"):
        check_clusters(np.array(blank, dtype=object) if None in blank else np.array(blank), 2)
