import numpy as np
import pytest
import torch
from torchvision.models.detection import ssd300_vgg16
from torchvision.models.detection.image_list import ImageList

from thirdeye.errors import UsageError
from thirdeye.plan.detection.multibox import RATIOS, SIZES_PX, STRIDES
from thirdeye.transform.detection.anchors import Anchors
from thirdeye.transform.detection.default_boxes import DefaultBoxes
from thirdeye.transform.detection.places import places_of

SSD300 = DefaultBoxes(STRIDES, SIZES_PX, RATIOS)


def test_ssd300_has_the_boxes_of_the_paper() -> None:
    assert SSD300.grids == (38, 19, 10, 5, 3, 1)
    assert [len(SSD300.shapes(level)) for level in range(6)] == [4, 6, 6, 6, 4, 4]
    assert SSD300.boxes((300, 300)).shape == (8732, 4)
    assert sum(SSD300.counts((300, 300))) == 8732


def test_they_are_torchvisions() -> None:
    with torch.device("meta"):
        theirs = ssd300_vgg16(weights=None, weights_backbone=None).anchor_generator
    maps = [torch.zeros(1, 1, grid, grid) for grid in SSD300.grids]
    expected = theirs(ImageList(torch.zeros(1, 3, 300, 300), [(300, 300)]), maps)[0]
    np.testing.assert_allclose(SSD300.boxes((300, 300)), expected.numpy(), atol=0.01)


def test_another_window_is_refused() -> None:
    with pytest.raises(UsageError, match="windows of 300 x 300 pixels, got 320 x 300"):
        SSD300.boxes((320, 300))


@pytest.mark.parametrize(
    ("strides", "sizes", "ratios", "said"),
    [
        ((8, 16), (1.0,), (1.0,), "got 1 sizes and 2 strides"),
        ((16, 8), (1.0, 2.0), (1.0,), "rise, got"),
        ((8, 16), (1.0, 2.0), (2.0,), "ratios of default boxes are 1"),
    ],
)
def test_boxes_that_cannot_be_are_refused(strides, sizes, ratios, said) -> None:
    with pytest.raises(UsageError, match=said):
        DefaultBoxes(strides, sizes, ratios)


def test_the_architecture_says_where_it_starts_from() -> None:
    assert places_of("ssd300_vgg16", STRIDES, SIZES_PX, RATIOS) == SSD300
    assert places_of("fcos_lite0", (8, 16), (8.0, 16.0), (1.0,)) == Anchors((8, 16), (8.0, 16.0))
