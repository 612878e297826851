from __future__ import annotations

import pytest
import torch

from thirdeye.errors import UsageError
from thirdeye.model.build_landmarks import build_landmarks


@pytest.mark.parametrize(("widths", "stride"), [((24, 16), 8), ((24, 16, 12), 4), ((24, 16, 12, 8), 2)])
def test_one_map_per_landmark_at_the_stride_of_the_decoder(widths: tuple[int, ...], stride: int) -> None:
    network, _ = build_landmarks("heat_lite0", n_out=7, widths=widths, pretrained=False)
    with torch.inference_mode():
        assert network.eval()(torch.zeros(2, 1, 96, 64)).shape == (2, 7, 96 // stride, 64 // stride)


def test_crops_are_read_without_the_coarsest_features() -> None:
    network, _ = build_landmarks("heat_lite0", n_out=3, widths=(16, 12, 8), coarsest=16, pretrained=False)
    whole, _ = build_landmarks("heat_lite0", n_out=3, widths=(16, 12, 8), pretrained=False)
    assert len(network.blocks) < len(whole.blocks)
    with torch.inference_mode():
        assert network.eval()(torch.zeros(1, 3, 64, 64)).shape == (1, 3, 32, 32)


def test_grey_is_read_as_colour_of_three_equal_channels() -> None:
    network, _ = build_landmarks("heat_lite0", n_out=2, widths=(16, 12), pretrained=False)
    grey = torch.rand(1, 1, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(network.eval()(grey), network(grey.expand(-1, 3, -1, -1)))


def test_the_encoder_is_pretrained_and_the_decoder_is_not() -> None:
    network, origin = build_landmarks("heat_lite0", n_out=2, widths=(16, 12))
    known = {id(one) for one in network.pretrained()}
    assert origin.sha256 is not None
    assert all(
        (id(one) in known) == name.startswith(("stem", "blocks")) for name, one in network.named_parameters()
    )


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match="heat_lite0"):
        build_landmarks("hourglass", n_out=2, widths=(16, 12))
