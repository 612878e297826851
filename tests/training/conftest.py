"""A tiny network, tiny pictures that can be learnt, and a plan for them: training tests in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.model.build import Origin
from thirdeye.model.network import Network
from thirdeye.plan.plan import Plan

SIDE = 16
PLAN = Plan(
    task="binary",
    classes=("dark", "bright"),
    positive="bright",
    validation="cross_fitted",
    folds=2,
    image_size_px=SIDE,
    resize="squash",
    intensity="full_range",
    architecture="tiny",
    weights="none",
    augmentation=(("flip_horizontal", 0.5), ("rotate", 10.0)),
    epochs=3,
    batch_size=8,
    learning_rate=0.01,
    backbone_rate=1.0,
    weight_decay=0.01,
    label_smoothing=0.05,
    mixup=0.0,
    class_weighting="none",
    precision="fp32",
    averaging=0.9,
    test_time_augmentation=("identity", "flip_horizontal"),
    calibration=("none", "temperature"),
    budget_s=600.0,
    seed=0,
    reasons={},
    chosen_by={},
)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def plan() -> Callable[..., Plan]:
    """Makes the small plan with some of it changed."""

    def make(**changed: Any) -> Plan:
        return replace(PLAN, **changed)

    return make


def tiny_network(n_outputs: int = 2, seed: int = 0) -> Network:
    """A convolution, a norm, pooling and a head; weights from the seed."""
    torch.manual_seed(seed)
    backbone = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2, padding=1), nn.BatchNorm2d(6), nn.ReLU())
    return Network(
        backbone,
        n_features=6,
        n_outputs=n_outputs,
        mean=(0.5, 0.5, 0.5),
        std=(0.25, 0.25, 0.25),
        dropout=0.1,
    )


@pytest.fixture
def tiny() -> Callable[..., Network]:
    """Makes the tiny network."""
    return tiny_network


@pytest.fixture
def tiny_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network that training builds is the tiny one, or the tiny one with coarser maps."""

    def build(architecture: str, *, n_outputs: int, weights: str) -> tuple[Network, Origin]:
        assert architecture in ("tiny", "tiny_coarse")
        network = tiny_network(n_outputs)
        if architecture == "tiny_coarse":
            network.backbone = nn.Sequential(network.backbone, nn.AvgPool2d(2))
        return network, Origin(architecture, "random", None, "none")

    monkeypatch.setattr("thirdeye.training.members.build_network", build)
    monkeypatch.setattr("thirdeye.training.stages.build_network", build)


@pytest.fixture
def draw() -> Callable[..., NDArray[np.uint8]]:
    """Makes pictures of labels."""
    return pictures


def pictures(labels: NDArray[np.int64], *, contrast: float = 40.0, seed: int = 0) -> NDArray[np.uint8]:
    """(n, S, S, 3) noise that is brighter the higher the class, a little."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(100, 30, (len(labels), SIDE, SIDE, 1))
    level = rng.normal(0, 15, len(labels)) + contrast * labels
    return np.repeat((noise + level[:, None, None, None]).clip(0, 255).astype(np.uint8), 3, axis=3)


@pytest.fixture
def labels() -> NDArray[np.int64]:
    """40 labels, half and half."""
    return np.arange(40) % 2


@pytest.fixture
def images(labels: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Their pictures."""
    return pictures(labels)


@pytest.fixture
def alike() -> Callable[[nn.Module, nn.Module], bool]:
    """Compares weights."""
    return same_weights


def same_weights(first: nn.Module, second: nn.Module) -> bool:
    """Whether two networks are equal to the bit, statistics included."""
    one, two = first.state_dict(), second.state_dict()
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)
