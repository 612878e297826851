"""Several architectures of a reader, each alone and in pairs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.inference.calibration import Calibration
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.networks import each_alone, join_networks

LABELS = np.array([0, 1] * 30)
PATIENTS = np.array([str(number // 2) for number in range(60)])


def reader(*members: dict[str, Any]) -> Manifest:
    return Manifest(
        task="binary", classes=("well", "ill"), positive="ill", architecture="a + b", input={},
        calibration=Calibration("isotonic", "binary"), onnx={}, members=members,
    )  # fmt: skip


BOTH = reader(
    {"architecture": "torchvision:vgg19", "fold": 0, "say": 1.5},
    {"architecture": "torchvision:vgg19", "fold": 1, "say": 0.5},
    {"architecture": "resnet_small", "fold": 0},
    {"architecture": "resnet_small", "fold": -1},
)


@pytest.fixture
def members() -> np.ndarray:
    """(60, 4, 2): the first architecture knows, the second guesses, its frozen features are worse still."""
    rng = np.random.default_rng(0)
    known = (2 * LABELS - 1)[:, None] + rng.normal(0, 0.8, (60, 2))
    column = np.concatenate([known * (1.5, 0.5), rng.normal(0, 1, (60, 1)), np.full((60, 1), 50.0)], axis=1)
    return np.stack([np.zeros_like(column), column], axis=2).astype(np.float32)


def test_an_architecture_alone_is_the_mean_of_its_tuned_members_own_logits(members: np.ndarray) -> None:
    found = each_alone(BOTH, members)
    assert list(found) == ["torchvision:vgg19", "resnet_small"]
    own = (members[:, 0, 1] / 1.5 + members[:, 1, 1] / 0.5) / 2
    assert found["torchvision:vgg19"][:, 1] == pytest.approx(1 / (1 + np.exp(-own)), abs=1e-6)
    assert found["resnet_small"][:, 1] == pytest.approx(1 / (1 + np.exp(-members[:, 2, 1])), abs=1e-6)


def test_one_architecture_has_nothing_to_be_compared_with(members: np.ndarray) -> None:
    assert each_alone(reader({"fold": 0}, {"fold": 1}), members[:, :2]) == {}
    assert each_alone(BOTH, None) == {}


def test_every_two_are_compared_in_pairs(
    members: np.ndarray,
) -> None:
    entry: dict[str, Any] = {}
    scored: Any = SimpleNamespace(members=members, labels=LABELS, patients=PATIENTS)
    plan: Any = SimpleNamespace(task="binary", classes=("well", "ill"), positive="ill", seed=0)
    join_networks(entry, scored, plan, BOTH, patients_known=True)
    (pair,) = entry["networks"]
    assert (pair["first"], pair["second"], pair["n_clusters"]) == ("vgg19", "resnet_small", 30)
    assert pair["outcome"] == "better"
    assert pair["p_adjusted"] == pair["measures"][0]["p_value"]
