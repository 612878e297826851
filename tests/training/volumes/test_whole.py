"""The plain network of whole volumes learns what can be told from the whole, and keeps its best pass."""

from __future__ import annotations

import time

import numpy as np
import pytest
import torch

from thirdeye.model.architectures.volume_risk import RiskShape
from thirdeye.recipes.learning.brain_risk_network import exported, running
from thirdeye.training.volumes.whole import WholeSetting, learn_whole, whole_logits

SHAPE = RiskShape(widths=(2, 2, 2, 2), hidden=4, dropout=0.0)
SIDES = (26, 25, 24)


def spotted(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Volumes in noise; those of the second class have a bright half."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    volumes = rng.integers(60, 100, (n, *SIDES))
    volumes[:, :12] += 90 * labels[:, None, None, None]
    return volumes.astype(np.uint8), labels


def setting(epochs: int, *, seconds: float = 120.0) -> WholeSetting:
    return WholeSetting(epochs, 0.01, 0.5, 4, 0, time.monotonic() + seconds)


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    volumes, labels = spotted(12, 0)
    learnt, passes = learn_whole(volumes, labels, spotted(6, 1), SHAPE, setting(6))
    assert passes == 6
    return learnt


def test_it_tells_new_volumes_apart_as_torch_and_as_a_file(network: torch.nn.Module) -> None:
    volumes, labels = spotted(10, 2)
    with torch.inference_mode():
        said = whole_logits(lambda batch: network(torch.as_tensor(batch)).numpy(), volumes)
    by_file = whole_logits(running(exported(network, SIDES)), volumes)
    assert by_file == pytest.approx(said, abs=1e-3)
    assert np.array_equal(said.argmax(axis=1), labels)


def test_the_pass_that_others_prefer_is_kept() -> None:
    """Where the choosing cases have their classes turned round, every pass of learning makes it worse."""
    volumes, labels = spotted(12, 0)
    choosing = spotted(6, 1)[0], 1 - spotted(6, 1)[1]
    first, _ = learn_whole(volumes, labels, choosing, SHAPE, setting(1))
    later, _ = learn_whole(volumes, labels, choosing, SHAPE, setting(6))
    state, others = first.state_dict(), later.state_dict()
    assert all(torch.equal(state[name], others[name]) for name in state)


def test_time_ends_the_learning() -> None:
    volumes, labels = spotted(6, 0)
    assert learn_whole(volumes, labels, spotted(4, 1), SHAPE, setting(50, seconds=-1))[1] == 1
