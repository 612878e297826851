from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.conformal_scores import aps, contiguous, lac, raps, score_of

P = np.array([[0.1, 0.5, 0.15, 0.25]])


def test_by_hand() -> None:
    assert lac(P)[0].tolist() == pytest.approx([0.9, 0.5, 0.85, 0.75])
    assert aps(P, own=1)[0].tolist() == pytest.approx([1.0, 0.5, 0.9, 0.75])
    assert aps(P)[0].tolist() == pytest.approx([0.95, 0.25, 0.825, 0.625])
    assert raps(P, penalty=0.1, free=2)[0].tolist() == pytest.approx([1.15, 0.25, 0.925, 0.625])
    # from 0.5 to its more probable neighbour 0.15, then to 0.25, then to 0.1
    assert contiguous(P)[0].tolist() == pytest.approx([0.95, 0.25, 0.575, 0.775])


def test_runs_at_the_ends() -> None:
    rising = np.array([[0.1, 0.2, 0.7], [0.7, 0.2, 0.1]])
    assert contiguous(rising).tolist() == [
        pytest.approx([0.95, 0.8, 0.35]),
        pytest.approx([0.35, 0.8, 0.95]),
    ]


@pytest.mark.parametrize("name", ["aps", "contiguous"])
def test_every_run_of_classes_is_a_subset_of_the_next(name: str, rng) -> None:
    table = rng.dirichlet(np.ones(6), 50)
    scores = score_of(name, table)
    assert (scores < 1).all()
    assert np.array_equal(scores.argmin(axis=1), table.argmax(axis=1))
    if name == "contiguous":
        for row in scores:
            for limit in row:
                assert np.ptp(np.flatnonzero(row <= limit)) + 1 == (row <= limit).sum()


def test_unknown() -> None:
    with pytest.raises(UsageError, match="lac"):
        score_of("best", P)
    with pytest.raises(UsageError, match="classes"):
        score_of("lac", [0.1, 0.9])
