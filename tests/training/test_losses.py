"""Losses against torch's own and scikit-learn's, targets as distributions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics import log_loss

from thirdeye.training.losses import loss, soft_targets

LABELS = torch.tensor([0, 2, 1, 1])
LOGITS = torch.tensor([[1.0, 0.2, -1.0], [0.0, 0.5, 2.0], [-1.0, 0.3, 0.1], [0.4, 0.4, 0.4]])


@pytest.mark.parametrize("task", ["binary", "multiclass", "ordinal"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.4])
def test_targets_are_distributions_whose_mode_is_the_label(task: str, smoothing: float) -> None:
    targets = soft_targets(LABELS, n_outputs=3, task=task, smoothing=smoothing)
    assert torch.allclose(targets.sum(dim=1), torch.ones(4))
    assert torch.equal(targets.argmax(dim=1), LABELS)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_multiclass_is_torchs_label_smoothing(smoothing: float) -> None:
    targets = soft_targets(LABELS, n_outputs=3, task="multiclass", smoothing=smoothing)
    expected = F.cross_entropy(LOGITS, LABELS, label_smoothing=smoothing)
    assert torch.allclose(loss(LOGITS, targets, task="multiclass", class_weights=None), expected)


def test_without_smoothing_it_is_sklearns_log_loss() -> None:
    targets = soft_targets(LABELS, n_outputs=3, task="multiclass", smoothing=0.0)
    found = loss(LOGITS.double(), targets.double(), task="multiclass", class_weights=None)
    probabilities = LOGITS.double().softmax(dim=1).numpy()
    assert float(found) == pytest.approx(log_loss(LABELS.numpy(), probabilities, labels=[0, 1, 2]))


def test_ordinal_spreads_to_the_neighbours_only() -> None:
    targets = soft_targets(torch.tensor([0, 1, 3]), n_outputs=4, task="ordinal", smoothing=0.2)
    assert torch.allclose(targets, torch.tensor([[0.8, 0.2, 0, 0], [0.1, 0.8, 0.1, 0], [0, 0, 0.2, 0.8]]))


def test_multilabel_is_binary_cross_entropy_per_label() -> None:
    labels = torch.tensor([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]])
    targets = soft_targets(labels, n_outputs=3, task="multilabel", smoothing=0.0)
    assert torch.equal(targets, labels.float())
    expected = np.mean(
        [
            log_loss(labels[:, k].numpy(), LOGITS[:, k].double().sigmoid().numpy(), labels=[0, 1])
            for k in range(3)
        ]
    )
    assert float(loss(LOGITS, targets, task="multilabel", class_weights=None)) == pytest.approx(
        expected, rel=1e-5
    )
    smooth = soft_targets(labels, n_outputs=3, task="multilabel", smoothing=0.1)
    assert torch.allclose(smooth, torch.where(labels == 1, 0.95, 0.05))


def test_class_weights_scale_the_classes() -> None:
    targets = soft_targets(LABELS, n_outputs=3, task="multiclass", smoothing=0.0)
    weights = torch.tensor([0.5, 1.0, 1.5])
    per_case = F.cross_entropy(LOGITS, LABELS, reduction="none") * weights[LABELS]
    assert torch.allclose(loss(LOGITS, targets, task="multiclass", class_weights=weights), per_case.mean())
