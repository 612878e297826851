import numpy as np
import pytest
import torch
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

from thirdeye.errors import UsageError
from thirdeye.transform.detection.anchors import Anchors


def test_anchors_are_torchvisions_about_the_centres_of_the_cells() -> None:
    mine = Anchors((8, 16), (32.0, 64.0), (0.25, 1.0, 4.0))  # whole sides, as torchvision rounds
    maps = [torch.zeros(1, 1, 8, 12), torch.zeros(1, 1, 4, 6)]
    generator = AnchorGenerator(((32,), (64,)), ((0.25, 1.0, 4.0),) * 2)
    theirs = generator(ImageList(torch.zeros(1, 3, 64, 96), [(64, 96)]), maps)[0].numpy()
    half = np.repeat([4.0, 8.0], [8 * 12 * 3, 4 * 6 * 3])[:, None]
    assert mine.boxes((64, 96)) == pytest.approx(theirs + half)
    assert mine.counts((64, 96)) == [288, 72]
    assert mine.multiple == 32
    assert Anchors((32, 64), (1.0, 2.0)).multiple == 64


@pytest.mark.parametrize(
    ("strides", "sizes", "ratios"),
    [((), (), (1.0,)), ((8, 16), (8.0,), (1.0,)), ((8, 32), (8.0, 32.0), (1.0,)), ((8,), (8.0,), ())],
)
def test_what_is_no_pyramid_is_refused(strides, sizes, ratios) -> None:
    with pytest.raises(UsageError):
        Anchors(strides, sizes, ratios)
