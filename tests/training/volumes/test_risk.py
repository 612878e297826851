import time

import numpy as np
import pytest
import torch

from thirdeye.model.architectures.volume_risk import RiskShape
from thirdeye.recipes.learning.brain_risk_network import exported, running
from thirdeye.training.volumes.patches import GREY
from thirdeye.training.volumes.risk import PatchSetting, learn_patches, margin_of, risk_maps

SHAPE = RiskShape(widths=(2, 2, 2, 2), side=1, hidden=4)


def bright_and_dark() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.asarray([0, 1] * 4)
    return (70 + 90 * labels[:, None, None, None] + rng.integers(0, 30, (8, 29, 28, 27))).astype(
        np.uint8
    ), labels


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    volumes, labels = bright_and_dark()
    setting = PatchSetting(10, 0.02, 0.5, 4, 0, time.monotonic() + 60)
    learnt, rounds = learn_patches(volumes, labels, SHAPE, setting)
    assert rounds == 10
    return learnt


def test_the_map_is_what_torch_says_of_every_patch(network: torch.nn.Module) -> None:
    volumes, labels = bright_and_dark()
    maps = risk_maps(running(exported(network, (29, 28, 27), SHAPE.patch)), volumes[:4], SHAPE.patch)
    around = margin_of(SHAPE.patch)
    assert maps.shape == (4, 8, 7, 7)  # one answer every four voxels
    padded = np.pad(GREY.values(volumes[1]), around, constant_values=GREY.low)
    patch = padded[12:39, 12:39, 8:35]
    with torch.inference_mode():
        said = network(torch.as_tensor(patch)[None, None]).softmax(dim=1)[0, 1, 0, 0, 0]
    assert maps[1, 3, 3, 2] == pytest.approx(float(said), abs=1e-5)
    assert maps[labels[:4] == 1, 3, 3, 3].min() > maps[labels[:4] == 0, 3, 3, 3].max()


def test_time_ends_the_learning() -> None:
    volumes, labels = bright_and_dark()
    setting = PatchSetting(1000, 0.01, 0.5, 4, 0, time.monotonic() - 1)
    assert learn_patches(volumes, labels, SHAPE, setting)[1] == 1
