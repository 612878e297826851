"""A member stops when nothing more is to be hoped for, as the plan says."""

from __future__ import annotations

import pytest

from thirdeye.training.stopping import cost, is_over


def history(*values: float, name: str = "validation_loss") -> list[dict[str, float]]:
    return [{"validation_loss": 1.0, name: value} for value in values]


@pytest.mark.parametrize(
    ("stopping", "losses", "over"),
    [
        ("loss:0.4", (1.0, 1.1, 1.2, 1.3), False),
        ("loss:0.4", (1.0, 1.1, 1.2, 1.3, 1.4), True),
        ("loss:0.1", (1.0, 1.1), False),  # never fewer than two epochs
        ("loss:0.1", (1.0, 1.1, 1.2), True),
        ("loss_epochs:1", (1.0, 0.9), False),
        ("loss_epochs:1", (1.0, 0.9, 0.95), True),
        ("none", tuple(range(10)), False),
    ],
)
def test_by_the_validation_loss(stopping: str, losses: tuple[float, ...], over: bool) -> None:
    assert is_over(history(*losses), stopping, epochs=10) is over


def test_by_the_auc_small_gains_do_not_count() -> None:
    risen = history(0.7, 0.8, 0.81, 0.82, name="validation_metric")
    assert is_over(risen, "auc:0.05:2", epochs=10)
    assert not is_over(risen, "auc:0.005:2", epochs=10)
    assert not is_over(risen[:3], "auc:0.05:2", epochs=10)


def test_the_best_epoch_is_that_of_the_criterion() -> None:
    record = {"validation_loss": 0.4, "validation_metric": 0.9}
    assert cost(record, "loss:0.4") == cost(record, "none") == 0.4
    assert cost(record, "auc:0.01:5") == -0.9
    assert cost({"validation_loss": 0.4}, "auc:0.01:5") == 0.0  # an undefined AUC is worse than any
