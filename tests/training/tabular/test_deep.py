from dataclasses import replace

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.training.tabular.deep import DeepSetting, DeepTable, fine_tuned
from thirdeye.training.tabular.rbm import Layer, pretrained

SETTING = DeepSetting(epochs=80, rate=0.2, batch=10, dropout=(0.1, 0.1), score_weight=0.5, seed=0)


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    visible = rng.random((120, 6))
    labels = (visible[:, 0] > visible[:, 1]).astype(np.int64)
    score = 20 + 10 * (visible[:, 0] - visible[:, 1])
    score[:5] = np.nan
    return visible, labels, {"score": score, "nobody": np.full(120, np.nan)}


@pytest.fixture(scope="module")
def learnt(drawn: tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]) -> DeepTable:
    visible, labels, scores = drawn
    first = pretrained(visible, (12, 8), epochs=1, rate=0.01, batch=10, seed=0)
    return fine_tuned(visible, labels, scores, first, SETTING, n_classes=2)


def test_class_and_score_are_learnt_together(
    learnt: DeepTable, drawn: tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]
) -> None:
    visible, labels, scores = drawn
    known = np.isfinite(scores["score"])
    assert (learnt.logits(visible).argmax(axis=1) == labels).mean() > 0.9
    error = np.abs(learnt.score("score", visible) - scores["score"])[known].mean()
    assert error < 0.6 * np.abs(scores["score"][known] - scores["score"][known].mean()).mean()


def test_a_score_that_nobody_has_is_not_learnt(learnt: DeepTable) -> None:
    assert set(learnt.heads) == {"class", "score"}
    assert set(learnt.scale) == {"score"}


def test_reads_as_torch_does(
    learnt: DeepTable, drawn: tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]
) -> None:
    import torch

    values = torch.as_tensor(drawn[0])
    for layer in learnt.layers:
        values = (values @ torch.as_tensor(layer.weights) + torch.as_tensor(layer.bias)).sigmoid()
    head = learnt.heads["class"]
    said = values @ torch.as_tensor(head.weights) + torch.as_tensor(head.bias)
    assert np.allclose(learnt.logits(drawn[0]), said.numpy(), atol=1e-12)


def test_refuses_to_drop_everything(
    drawn: tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]],
) -> None:
    visible, labels, scores = drawn
    first = (Layer(np.zeros((6, 2)), np.zeros(2)),)
    with pytest.raises(UsageError, match="dropout is a share"):
        fine_tuned(visible, labels, scores, first, replace(SETTING, dropout=(1.0, 0.5)), n_classes=2)
