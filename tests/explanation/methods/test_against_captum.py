"""Numbers of the methods against captum, and against what must hold exactly."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import Subject, direction
from thirdeye.explanation.methods.cam import ClassActivationMap
from thirdeye.explanation.methods.grad_cam import GradCam, finer_layer
from thirdeye.explanation.methods.integrated_gradients import IntegratedGradients, in_cells
from thirdeye.explanation.methods.occlusion import Occlusion
from thirdeye.explanation.methods.rise import Rise
from thirdeye.explanation.methods.saliency import Saliency, gradient_size
from thirdeye.explanation.subject import of_network
from thirdeye.model.build import build_network
from thirdeye.model.network import Network

captum = pytest.importorskip("captum.attr")
SIDE = 64


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    made, _ = build_network("efficientnet_lite0", n_outputs=2, weights="embedded")
    with torch.no_grad():
        made.head.weight.normal_(std=0.1)
    return made.eval()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(np.random.default_rng(1).normal(size=(2, 3, SIDE, SIDE)), (0, 0, 3, 3))
    return np.clip(0.5 + 2 * noise, 0, 1).astype(np.float32)


QUESTIONS = direction(np.array([1, 0]), 2, task="binary")


def score(network: Network):
    """The same score for captum, which wants one number an image."""
    return lambda x, which: (network(x) * which).sum(dim=1)


def test_saliency(network: Network, images: np.ndarray) -> None:
    reference = captum.Saliency(score(network)).attribute(
        torch.from_numpy(images).requires_grad_(), additional_forward_args=torch.from_numpy(QUESTIONS[:, 0])
    )
    expected = reference.amax(dim=1).numpy()
    ours = gradient_size(network, images, QUESTIONS)[:, 0]
    assert np.allclose(ours, expected, atol=1e-4 * expected.max())
    cells = Saliency().maps(of_network(network), images, QUESTIONS)[:, 0]
    assert np.allclose(cells, expected.reshape(2, 16, 4, 16, 4).mean(axis=(2, 4)), atol=1e-4 * expected.max())


def test_saliency_is_what_the_score_moves_by(network: Network, images: np.ndarray) -> None:
    """Against finite differences in double precision, at the pixels of the largest gradient."""
    precise = copy.deepcopy(network).double()
    sizes = gradient_size(network, images[:1], QUESTIONS[:1])[0, 0]
    which = torch.from_numpy(QUESTIONS[0, 0]).double()
    for place in np.argsort(sizes, axis=None)[-3:]:
        row, column = np.unravel_index(place, sizes.shape)
        moved = []
        for colour in range(3):
            both = torch.from_numpy(np.repeat(images[:1], 2, axis=0)).double()
            both[:, colour, row, column] += torch.tensor([1e-5, -1e-5], dtype=torch.double)
            with torch.inference_mode():
                high, low = (precise(both) @ which).tolist()
            moved.append(abs(high - low) / 2e-5)
        assert max(moved) == pytest.approx(float(sizes[row, column]), rel=2e-3)


def test_saliency_in_cells_of_unequal_size() -> None:
    """A picture of 40 px has cells of 2 and 3 px: large ones must not look important."""
    flat = np.full((1, 3, 40, 40), 0.5, np.float32)
    pick = torch.nn.Conv2d(3, 1, 1, bias=False)
    backbone = torch.nn.Sequential(pick, torch.nn.AvgPool2d(2))
    network = Network(backbone, n_features=1, n_outputs=2, mean=(0.0,) * 3, std=(1.0,) * 3).eval()
    found = Saliency().maps(of_network(network), flat, QUESTIONS[:1])[0, 0]
    assert found.shape == (16, 16)
    assert found.max() > 0
    assert np.ptp(found) < 1e-4 * found.max()


def test_integrated_gradients(network: Network, images: np.ndarray) -> None:
    ours = IntegratedGradients(steps=8).maps(of_network(network), images, QUESTIONS)[:, 0]
    reference = captum.IntegratedGradients(score(network)).attribute(
        torch.from_numpy(images), torch.from_numpy(blurred(images)), n_steps=8, method="gausslegendre",
        additional_forward_args=torch.from_numpy(QUESTIONS[:, 0]),
    )  # fmt: skip
    expected = in_cells(reference.detach().sum(dim=1).numpy())
    assert np.allclose(ours, expected, atol=1e-4 * np.abs(expected).max())


def test_integrated_gradients_add_up_to_the_change_of_the_score(make_network) -> None:
    subject = of_network(make_network().eval())
    images = np.random.default_rng(0).random((2, 3, 32, 32)).astype(np.float32)
    found = IntegratedGradients(steps=64).maps(subject, images, QUESTIONS)[:, 0]
    change = ((subject.logits(images) - subject.logits(blurred(images))) * QUESTIONS[:, 0]).sum(axis=1)
    assert np.allclose(found.sum(axis=(1, 2)), change, rtol=0.05, atol=0.02)


def test_grad_cam(network: Network, images: np.ndarray) -> None:
    ours = GradCam().maps(of_network(network), images, QUESTIONS)[:, 0]
    assert ours.shape[-1] == 2 * ClassActivationMap().maps(of_network(network), images, QUESTIONS).shape[-1]
    reference = captum.LayerGradCam(score(network), finer_layer(network)).attribute(
        torch.from_numpy(images), additional_forward_args=torch.from_numpy(QUESTIONS[:, 0]),
        relu_attributions=False,
    )  # fmt: skip
    expected = reference.detach()[:, 0].numpy()
    assert np.allclose(ours, expected, atol=1e-4 * np.abs(expected).max())


def test_grad_cam_at_the_last_map_is_the_class_activation_map(network: Network, images: np.ndarray) -> None:
    """Why it is taken one stage earlier."""
    reference = captum.LayerGradCam(score(network), network.backbone).attribute(
        torch.from_numpy(images), additional_forward_args=torch.from_numpy(QUESTIONS[:, 0])
    )
    cam = ClassActivationMap().maps(of_network(network), images, QUESTIONS)[:, 0]
    assert np.allclose(cam / cam[0, 0, 0].size / cam[0].size, reference.detach()[:, 0].numpy(), atol=1e-5)


def test_occlusion(network: Network, images: np.ndarray) -> None:
    method = Occlusion(cells=8)
    ours = method.maps(of_network(network), images, QUESTIONS)[:, 0]
    cell = SIDE // 8
    reference = captum.Occlusion(score(network)).attribute(
        torch.from_numpy(images), (3, 2 * cell, 2 * cell), (3, cell, cell), torch.from_numpy(blurred(images)),
        additional_forward_args=torch.from_numpy(QUESTIONS[:, 0]), perturbations_per_eval=16,
    )  # fmt: skip
    expected = reference[:, 0, ::cell, ::cell].numpy()  # constant within a cell
    assert np.allclose(ours, expected, atol=1e-4 * np.abs(expected).max())


def test_rise_finds_the_slope_of_a_linear_score() -> None:
    """Of a score that is a weighted sum of pixels, RISE with many masks gives the weights, smoothed."""
    weights = np.zeros((SIDE, SIDE))
    weights[8:24, 40:56] = 1
    weights[40:56, 8:24] = -1
    image = np.ones((1, 3, SIDE, SIDE), np.float32)
    image[:, :, 1::2] = 0  # stripes, which the blur takes away

    def logits(images: np.ndarray) -> np.ndarray:
        away = np.abs(images[:, 0] - 0.5) * 2  # how much of the stripes is left
        return (away * weights).sum(axis=(1, 2))[:, None].astype(np.float32)

    found = Rise(masks=1200, grid=7).maps(Subject(logits, logits), image, np.ones((1, 1, 1), np.float32))[
        0, 0
    ]
    small = in_cells(weights[None].astype(np.float32))[0]
    assert np.corrcoef(found.ravel(), small.ravel())[0, 1] > 0.8
