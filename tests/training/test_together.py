"""Several architectures decide together as validation data say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.training.selection import Truth, log_loss, scaled_to_likelihood
from thirdeye.training.together import join, mixed

N = 200
LABELS = np.arange(N) % 2


def truth(task: str = "binary") -> Truth:
    return Truth(LABELS, ("no", "yes"), 1 if task == "binary" else None, np.arange(N).astype(str), task)


def logits(strength: float, seed: int) -> NDArray[np.float32]:
    """Answers that know the label the better the larger `strength`."""
    score = strength * (2 * LABELS - 1) + np.random.default_rng(seed).normal(0, 1, N)
    return np.column_stack([-score, score]).astype(np.float32)


GOOD, FAIR, POOR = logits(1.2, 1), logits(0.6, 2), logits(0.0, 3)
NAMES = ("good", "fair", "poor")


def test_the_mean_gives_each_the_same_say() -> None:
    found = join([GOOD, POOR], truth(), how="mean", names=NAMES[:2])
    assert found.shares == (0.5, 0.5)
    np.testing.assert_allclose(mixed([GOOD, POOR], found.shares), (GOOD + POOR) / 2, atol=1e-6)


def test_weights_follow_what_each_knows() -> None:
    found = join([GOOD, FAIR, POOR], truth(), how="weighted", names=NAMES)
    assert sum(found.shares) == pytest.approx(1)
    assert found.shares[0] > found.shares[1] > found.shares[2]
    assert "good" in found.told


def test_weights_are_the_likeliest_of_the_grid() -> None:
    own = [one * scaled_to_likelihood(one, truth()) for one in (GOOD, FAIR)]

    def cost(share: float) -> float:
        one = mixed(own, (share, 1 - share))
        return log_loss(one * scaled_to_likelihood(one, truth()), truth())

    best = min(np.linspace(0, 1, 11), key=cost)
    found = join([GOOD, FAIR], truth(), how="weighted", names=NAMES[:2])
    assert found.told == f"good {best:.0%}, fair {1 - best:.0%}"
    one, known = mixed([GOOD, FAIR], found.shares), mixed(own, (best, 1 - best))
    np.testing.assert_allclose(one / np.abs(one).max(), known / np.abs(known).max(), atol=1e-5)


def test_a_network_that_is_timid_in_its_logits_has_the_same_say() -> None:
    plain = join([GOOD, FAIR], truth(), how="weighted", names=NAMES[:2])
    timid = join([GOOD, 0.25 * FAIR], truth(), how="weighted", names=NAMES[:2])
    assert timid.told == plain.told
    one, other = mixed([GOOD, FAIR], plain.shares), mixed([GOOD, 0.25 * FAIR], timid.shares)
    assert np.corrcoef(one[:, 1], other[:, 1])[0, 1] > 0.999


def test_more_than_three_are_swept_one_after_another() -> None:
    found = join([POOR, FAIR, logits(0, 4), GOOD], truth(), how="weighted", names=list("abcd"))
    assert sum(found.shares) == pytest.approx(1)
    assert np.argmax(found.shares) == 3


def test_the_best_alone() -> None:
    found = join([POOR, GOOD, FAIR], truth(), how="best", names=("poor", "good", "fair"))
    assert found.shares == (0.0, 1.0, 0.0)
    assert "good alone; validation AUC" in found.told


def test_the_best_at_a_point_need_not_have_the_highest_auc() -> None:
    """One is sure of a few healthy cases, the other ranks well over all."""
    sure = np.where(LABELS == 1, 1.0, np.where(np.arange(N) % 4 == 0, -3.0, 1.5))
    well = np.where(np.arange(N) < 20, -LABELS, 2 * LABELS - 1) * 1.0
    both = [np.column_stack([-one, one]).astype(np.float32) for one in (sure, well)]
    assert join(both, truth(), how="best", names=("sure", "well")).shares == (0.0, 1.0)
    assert join(both, truth(), how="best:sensitivity:0.99", names=("sure", "well")).shares == (1.0, 0.0)
    assert join(both, truth(), how="best:specificity:0.9", names=("sure", "well")).shares == (0.0, 1.0)


def test_a_point_belongs_to_a_yes_or_no_question() -> None:
    with pytest.raises(UsageError, match="not yes or no"):
        join([GOOD, POOR], truth("multiclass"), how="best:sensitivity:0.9", names=NAMES[:2])
