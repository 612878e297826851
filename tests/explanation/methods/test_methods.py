"""The contract of every method: which way round it is, that it is linear, and that it says what it is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from thirdeye.errors import MissingExtra
from thirdeye.explanation.method import Sampling, Subject, direction, is_signed
from thirdeye.explanation.methods import METHODS
from thirdeye.explanation.subject import of_engine, of_network
from thirdeye.inference.engine import Engine
from thirdeye.inference.export import export_onnx
from thirdeye.model.network import Network

SIDE = 64
NAMES = METHODS.names()
SIGNED = [name for name, method in METHODS if is_signed(method)]
UNSIGNED = [name for name in NAMES if name not in SIGNED]


@pytest.fixture(scope="module")
def brightness() -> Network:
    """Class 1 is how bright the picture is, class 0 how dark: known in closed form."""
    pick = nn.Conv2d(3, 1, 1, bias=False)
    backbone = nn.Sequential(pick, nn.AvgPool2d(2), nn.Identity(), nn.AvgPool2d(4))
    network = Network(backbone, n_features=1, n_outputs=2, mean=(0.0,) * 3, std=(1.0,) * 3)
    with torch.no_grad():
        pick.weight.fill_(1 / 3)
        network.head.weight.copy_(torch.tensor([[-1.0], [1.0]]))
    return network.eval()


def picture(*, bright: tuple[int, int], dark: tuple[int, int]) -> np.ndarray:
    rows, columns = np.indices((SIDE, SIDE))

    def spot(at: tuple[int, int]) -> np.ndarray:
        return np.exp(-((rows - at[0]) ** 2 + (columns - at[1]) ** 2) / 30)

    grey = 0.5 + 0.4 * spot(bright) - 0.4 * spot(dark)
    return np.repeat(grey[None, None], 3, axis=1).astype(np.float32)


def where(values: np.ndarray) -> np.ndarray:
    """Middle of the highest cell, in pixels."""
    at = np.array(np.unravel_index(values.argmax(), values.shape))
    return (at + 0.5) * SIDE / np.array(values.shape)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(("bright", "dark"), [((16, 16), (48, 44)), ((50, 14), (20, 46))])
def test_polarity(name: str, bright: tuple[int, int], dark: tuple[int, int], brightness: Network) -> None:
    """The bright spot speaks for class 1 and against class 0; the dark one the other way round."""
    images = picture(bright=bright, dark=dark)
    subject, method = of_network(brightness), METHODS.get(name)
    one = method.maps(subject, images, direction(np.array([1]), 2, task="binary"))[0, 0]
    zero = method.maps(subject, images, direction(np.array([0]), 2, task="binary"))[0, 0]
    for speaks_for, place in ((one, bright), (zero, dark)):
        assert np.abs(where(speaks_for) - place).max() <= 10
    for speaks_against, place in ((-one, dark), (-zero, bright)):
        assert np.abs(where(speaks_against) - place).max() <= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_that_is_all_alike_shows_no_place(name: str, brightness: Network) -> None:
    flat = np.full((1, 3, SIDE, SIDE), 0.5, np.float32)
    found = METHODS.get(name).maps(of_network(brightness), flat, direction(np.array([1]), 2, task="binary"))
    assert np.ptp(found) < 1e-4


@pytest.mark.parametrize("name", UNSIGNED)
@pytest.mark.parametrize(("bright", "dark"), [((16, 16), (48, 44)), ((50, 14), (20, 46))])
def test_an_unsigned_map_marks_what_moves_the_answer_either_way(
    name: str, bright: tuple[int, int], dark: tuple[int, int]
) -> None:
    """Of a network that answers to bright spots alone: the spot, for its class and against the other."""
    pick = nn.Conv2d(3, 1, 1)
    network = Network(
        nn.Sequential(pick, nn.ReLU(), nn.AvgPool2d(8)),
        n_features=1,
        n_outputs=2,
        mean=(0.0,) * 3,
        std=(1.0,) * 3,
    )
    with torch.no_grad():
        pick.weight.fill_(1 / 3)
        pick.bias.fill_(-0.7)
        network.head.weight.copy_(torch.tensor([[-1.0], [1.0]]))
    images, subject = picture(bright=bright, dark=dark), of_network(network.eval())
    one, zero = (
        METHODS.get(name).maps(subject, images, direction(np.array([k]), 2, task="binary"))[0, 0]
        for k in (1, 0)
    )
    assert np.allclose(one, zero)
    assert np.abs(where(one) - bright).max() <= 10
    assert one.min() >= 0
    assert np.median(one) == 0  # elsewhere, in the dark spot too, nothing moves it


@pytest.mark.parametrize("name", UNSIGNED)
def test_an_unsigned_map_does_not_turn_with_the_question(name: str, make_network) -> None:
    images = np.random.default_rng(0).random((2, 3, 32, 32)).astype(np.float32)
    question = np.random.default_rng(1).normal(size=(2, 1, 3)).astype(np.float32)
    together = np.concatenate([question, -2 * question], axis=1)
    found = METHODS.get(name).maps(of_network(make_network(n_outputs=3).eval()), images, together)
    assert found.shape[:2] == (2, 2)
    assert found.dtype == np.float32
    assert np.allclose(found[:, 1], 2 * found[:, 0], atol=1e-4 * found.max())


@pytest.mark.parametrize("name", SIGNED)
def test_maps_are_linear_in_the_question(name: str, make_network) -> None:
    network = make_network(n_outputs=3).eval()
    images = np.random.default_rng(0).random((2, 3, 32, 32)).astype(np.float32)
    random = np.random.default_rng(1)
    first, second = random.normal(size=(2, 2, 1, 3)).astype(np.float32)
    together = np.concatenate([first, second, 2 * first - second], axis=1)
    found = METHODS.get(name).maps(of_network(network), images, together)
    assert found.shape[:2] == (2, 3)
    assert found.dtype == np.float32
    assert np.allclose(found[:, 2], 2 * found[:, 0] - found[:, 1], atol=1e-4 * np.abs(found).max())


@pytest.mark.parametrize("name", NAMES)
def test_every_method_says_what_it_is(name: str) -> None:
    method = METHODS.get(name)
    assert ("positive speaks for" in method.sign) is is_signed(method)
    assert ("either way" in method.sign) is not is_signed(method)
    assert any(digit.isdigit() for digit in method.source)
    assert method.passes >= 1


@pytest.mark.parametrize("name", NAMES)
def test_without_torch_networks(name: str, make_network, tmp_path) -> None:
    """Those that need no gradient give the same by ONNX; the others say what is missing."""
    network = make_network().eval()
    export_onnx([network], tmp_path / "model.onnx", size_px=32)
    images = np.random.default_rng(0).random((2, 3, 32, 32)).astype(np.float32)
    questions = direction(np.array([1, 0]), 2, task="binary")
    subject, method = of_engine(Engine(tmp_path / "model.onnx", threads=1)), METHODS.get(name)
    if method.needs_torch:
        with pytest.raises(MissingExtra, match="train"):
            method.maps(subject, images, questions)
        return
    expected = method.maps(of_network(network), images, questions)
    assert np.allclose(method.maps(subject, images, questions), expected, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize(("passes", "masks"), [(3, 64), (101, 100), (10_000, 192)])
def test_rise_samples_less_where_time_is_short(passes: int, masks: int) -> None:
    rise = METHODS.get("rise")
    assert isinstance(rise, Sampling)
    assert rise.fewer(passes).passes == masks
    assert not isinstance(METHODS.get("occlusion"), Sampling)


def test_the_mean_of_members_is_what_the_ensemble_shows(make_network) -> None:
    members = [make_network(seed=seed).eval() for seed in (0, 1)]
    images = np.random.default_rng(0).random((1, 3, 32, 32)).astype(np.float32)
    questions = direction(np.array([1]), 2, task="binary")
    whole = Subject(lambda _: np.zeros(0), lambda _: np.zeros(0), tuple(members))
    for name in ("grad_cam", "integrated_gradients", "saliency"):
        each = [METHODS.get(name).maps(of_network(one), images, questions) for one in members]
        assert np.allclose(METHODS.get(name).maps(whole, images, questions), np.mean(each, axis=0), atol=1e-5)


@pytest.mark.parametrize(
    ("task", "expected"), [("multilabel", [0, 1, 0]), ("multiclass", [-1 / 3, 2 / 3, -1 / 3])]
)
def test_the_score_of_a_class(task: str, expected: list[float]) -> None:
    assert np.allclose(direction(np.array([1]), 3, task=task)[0, 0], expected)
