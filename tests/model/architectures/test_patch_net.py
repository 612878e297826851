"""Reading a whole image at once gives what reading its patches one by one gives."""

from __future__ import annotations

import pytest
import torch

from thirdeye.model.architectures.patch_net import PATCH, STRIDE, PatchNet


@pytest.fixture(scope="module")
def network() -> PatchNet:
    torch.manual_seed(0)
    return PatchNet(n_in=3, n_out=4).eval()


def test_one_patch_gives_one_answer(network: PatchNet) -> None:
    assert network(torch.zeros(2, 3, PATCH, PATCH)).shape == (2, 4, 1, 1)


def test_an_answer_depends_on_its_own_patch_alone(network: PatchNet) -> None:
    image = torch.randn(1, 3, PATCH + 3 * STRIDE, PATCH + 5 * STRIDE)
    with torch.inference_mode():
        whole = network(image)
        assert whole.shape == (1, 4, 4, 6)
        for row, column in ((0, 0), (2, 5), (3, 1)):
            top, left = row * STRIDE, column * STRIDE
            alone = network(image[:, :, top : top + PATCH, left : left + PATCH])
            torch.testing.assert_close(whole[0, :, row, column], alone[0, :, 0, 0], atol=1e-5, rtol=1e-4)


def test_every_pixel_of_the_patch_counts(network: PatchNet) -> None:
    patch = torch.randn(1, 3, PATCH, PATCH, requires_grad=True)
    network(patch).sum().backward()
    assert patch.grad is not None
    reached = (patch.grad.abs().sum((0, 1)) > 0).nonzero()
    # rectifiers and maxima leave single pixels out; the reach is the whole square
    assert reached.min() <= 1
    assert reached.max() >= PATCH - 2
