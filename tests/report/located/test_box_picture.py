from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest

from thirdeye.report.figures.palette import EXPERT_RGB, NETWORK_RGB
from thirdeye.report.located.box_picture import SIDE_PX, Mark, boxed


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(PIL.Image.open(io.BytesIO(content)).convert("RGB"), int)


def at(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.argwhere((picture == colour).all(axis=2))


@pytest.mark.parametrize("corner", [0, 180])
def test_boxes_lie_where_they_are(corner: int) -> None:
    """Around a box of 60 pixels a square of 180 is shown, twice as large; at the edge it is moved inside."""
    grey = np.full((240, 240, 3), 90, np.uint8)
    box = (float(corner), 90.0, corner + 60.0, 150.0)
    picture = pixels(boxed(grey, [Mark(box), Mark((90, 95, 130, 140), 0.5)], focus=box))
    assert picture.shape == (SIDE_PX, SIDE_PX, 3)
    left = 0 if corner == 0 else 60
    found = at(picture, EXPERT_RGB)
    assert found[:, 0].min() == pytest.approx((90 - 30) * 2, abs=3)
    assert found[:, 0].max() == pytest.approx((150 - 30) * 2, abs=3)
    assert found[:, 1].max() == pytest.approx(min((corner + 60 - left) * 2, SIDE_PX - 1), abs=3)
    other = at(picture, NETWORK_RGB)
    assert other[:, 1].min() == pytest.approx((90 - left) * 2, abs=3)


def test_a_mark_is_dashed_and_a_drawn_box_is_not() -> None:
    grey = np.full((200, 200, 3), 90, np.uint8)
    box = (70.0, 70.0, 130.0, 130.0)
    solid = len(at(pixels(boxed(grey, [Mark(box)], focus=box)), EXPERT_RGB))
    dashed = len(at(pixels(boxed(grey, [Mark(box, 0.5)], focus=box)), NETWORK_RGB))
    assert dashed < 0.8 * solid


def test_a_small_image_is_shown_whole() -> None:
    box = (2.0, 2.0, 6.0, 6.0)
    picture = pixels(boxed(np.zeros((20, 30, 3), np.uint8), [Mark(box)], focus=box))
    assert picture.shape == (240, SIDE_PX, 3)


def test_of_several_scores_of_one_box_the_highest_is_written() -> None:
    """A one-stage detector gives one box with a score of every class."""
    grey = np.full((200, 200, 3), 90, np.uint8)
    box = (70.0, 70.0, 130.0, 130.0)
    alone = boxed(grey, [Mark(box, 0.8)], focus=box)
    assert boxed(grey, [Mark(box, 0.8), Mark(box, 0.1)], focus=box) == alone
    assert boxed(grey, [Mark(box, 0.1), Mark(box, 0.8)], focus=box) == alone
