"""The exam: an honest map passes, maps that ignore the weights or the image do not."""

from __future__ import annotations

import copy
import itertools
import json

import numpy as np
import pytest
import torch
from torch import nn

from thirdeye.errors import UsageError
from thirdeye.explanation.exam.likeness import LIMIT
from thirdeye.explanation.randomise import forgotten, stages
from thirdeye.explanation.sanity import examine, examine_cam
from thirdeye.model.network import Network

N = 16


@pytest.fixture(scope="module")
def trained() -> Network:
    """A deeper network; the exam asks only whether the map depends on the weights."""
    torch.manual_seed(0)
    widths, layers = [3, 12, 16, 24, 32], []
    for before, after in itertools.pairwise(widths):
        layers += [
            nn.Conv2d(before, after, 3, padding=1, stride=1 + (after > 16)),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        ]
    return Network(
        nn.Sequential(*layers), n_features=32, n_outputs=2, mean=(0.5,) * 3, std=(0.25,) * 3
    ).eval()


@pytest.fixture(scope="module")
def prepared() -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(1).normal(size=(N, 32, 32, 3))
    smooth = gaussian_filter(noise, (0, 2, 2, 0))
    return np.clip(128 + 250 * smooth, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def images(prepared: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(prepared.astype(np.float32) / 255).movedim(-1, 1)


def test_a_class_activation_map_passes(trained: Network, prepared: np.ndarray) -> None:
    exam = examine_cam(trained, prepared, task="binary", positive=1, seed=0, draws=6)
    assert exam.passed, exam.statistics
    assert exam.verdict.startswith("Passed")
    for one in exam.statistics["measures"].values():
        kept = one["retained"]
        assert kept["ci_low"] <= kept["value"] <= kept["ci_high"] <= LIMIT
        assert one["between_images"]["ci_low"] < one["between_images"]["value"]
    assert set(json.loads(json.dumps(exam.as_json(), allow_nan=False))) == {
        "method",
        "passed",
        "verdict",
        "statistics",
    }


def test_an_edge_detector_fails(trained: Network, images: torch.Tensor) -> None:
    edges = np.stack([np.abs(np.gradient(one[0])[0]) for one in images.numpy()])
    exam = examine(trained, images, lambda network: edges, seed=0, draws=3, method="edges")
    assert not exam.passed
    assert exam.method == "edges"
    assert exam.statistics["measures"]["ssim"]["retained"]["value"] == pytest.approx(1)


def test_edges_with_a_random_sign_fail_too(trained: Network, images: torch.Tensor) -> None:
    edges = np.stack([np.gradient(one[0])[0] for one in images.numpy()])

    def turned(network: Network) -> np.ndarray:
        return edges * np.sign(float(network.head.weight[0, 0].detach())).astype(np.float32)

    assert not examine(trained, images, turned, seed=0, draws=6).passed


def test_a_mix_of_map_and_edges_fails(trained: Network, images: torch.Tensor) -> None:
    edges = np.stack([np.gradient(one[0])[0] for one in images.numpy()])
    noise = np.random.default_rng(0)
    exam = examine(
        trained,
        images,
        lambda network: edges + 0.02 * noise.normal(size=edges.shape).astype(np.float32),
        seed=0,
        draws=3,
    )
    assert not exam.passed


def test_one_map_for_every_image_fails(trained: Network, images: torch.Tensor) -> None:
    def same(network: Network) -> np.ndarray:
        random = np.random.default_rng(abs(int(1e6 * float(network.head.weight[0, 0].detach()))))
        return np.tile(random.random((8, 8)).astype(np.float32), (N, 1, 1))

    exam = examine(trained, images, same, seed=0, draws=3)
    assert not exam.passed
    assert "same for every image" in exam.verdict


def test_maps_that_sit_in_the_middle_whatever_the_weights_fail(
    trained: Network, images: torch.Tensor
) -> None:
    middle = np.exp(-((np.indices((8, 8)) - 3.5) ** 2).sum(0) / 8)
    random = np.random.default_rng(0)

    def central(network: Network) -> np.ndarray:
        return (middle + 0.08 * random.normal(size=(N, 8, 8))).astype(np.float32)

    assert not examine(trained, images, central, seed=0, draws=4).passed


def test_the_network_is_left_as_it_was_and_the_exam_repeats(trained: Network, prepared: np.ndarray) -> None:
    before = copy.deepcopy(trained.state_dict())
    one = examine_cam(trained, prepared, task="multiclass", positive=None, seed=3, draws=2)
    two = examine_cam(trained, prepared, task="multiclass", positive=None, seed=3, draws=2)
    assert one == two
    assert all(torch.equal(a, b) for a, b in zip(before.values(), trained.state_dict().values(), strict=True))
    assert not trained.training


def test_too_few_images_are_refused(trained: Network, prepared: np.ndarray) -> None:
    with pytest.raises(UsageError, match="got 2"):
        examine_cam(trained, prepared[:2], task="binary", positive=1, seed=0)


def test_randomisation_goes_from_the_head_downwards(trained: Network, images: torch.Tensor) -> None:
    names = [name for name, _ in stages(trained)]
    assert names[0] == "head"
    assert len(names) == 5
    changed = []
    for depth in range(len(names) + 1):
        copied = forgotten(trained, images, depth=depth, seed=0)
        changed.append(
            [not torch.equal(a, b) for a, b in zip(trained.parameters(), copied.parameters(), strict=True)]
        )
    assert not any(changed[0])
    assert sum(changed[1]) == 2
    assert all(changed[-1])
    for fewer, more in itertools.pairwise(changed):
        assert all(m or not f for f, m in zip(fewer, more, strict=True))
    assert next(k for k, is_new in enumerate(changed[2]) if is_new) > 0  # the first layers are the last to go


def test_random_networks_keep_the_scale_of_the_trained_one(trained: Network, images: torch.Tensor) -> None:
    with torch.no_grad():
        features = forgotten(trained, images, depth=None, seed=1).features(images)
    assert 1e-3 < float(features.std()) < 1e3


def test_maps_without_shape_are_no_evidence(trained: Network, images: torch.Tensor) -> None:
    flat = np.ones((N, 3, 3), np.float32)
    exam = examine(trained, images, lambda network: flat, seed=0, draws=2)
    assert not exam.passed
    assert "one value everywhere" in exam.verdict
