import numpy as np
import pytest

from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.suppress import Suppression, suppressed
from thirdeye.inference.detection.tiles import Tiling, read_image

TILING = Tiling((64, 96), 0.3, 32)


class Seer:
    """Finds bright rectangles, also where a window cuts them."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def look(self, windows: np.ndarray, lowest: float) -> list[Detections]:
        from scipy import ndimage

        self.shapes.append(windows.shape)
        answers = []
        for window in windows:
            parts, _ = ndimage.label(window[0] > 0.5)
            places = ndimage.find_objects(parts)
            boxes = [[c.start, r.start, c.stop, r.stop] for r, c in places]
            scores = [0.9 - 0.001 * at for at in range(len(boxes))]
            answers.append(
                Detections(np.array(boxes, float).reshape(-1, 4), np.array(scores), np.zeros(len(boxes), int))
            )
        return answers


def picture(height: int, width: int, boxes: list[tuple[int, int, int, int]]) -> np.ndarray:
    array = np.zeros((3, height, width), np.float32)
    for x_min, y_min, x_max, y_max in boxes:
        array[:, y_min:y_max, x_min:x_max] = 1
    return array


def test_windows_see_every_pixel_and_overlap() -> None:
    seen = np.zeros((150, 260), int)
    for top, left in TILING.corners((150, 260)):
        seen[top : top + 64, left : left + 96] += 1
        assert 0 <= top <= 150 - 64
        assert 0 <= left <= 260 - 96
    assert seen.min() >= 1
    rows = sorted({top for top, _ in TILING.corners((150, 260))})
    assert max(np.diff(rows)) <= 64 * 0.7 + 1
    assert TILING.corners((64, 96)) == [(0, 0)]


def test_an_image_that_fits_is_read_whole_and_filled_up() -> None:
    seer = Seer()
    found = read_image(picture(50, 70, [(10, 20, 30, 40)]), seer, TILING, lowest=0.0)
    assert seer.shapes == [(1, 3, 64, 96)]
    assert found.boxes.tolist() == [[10, 20, 30, 40]]


def test_a_large_image_gives_every_box_once_after_suppression() -> None:
    boxes = [(5, 5, 25, 20), (60, 30, 80, 50), (100, 55, 118, 75), (200, 100, 220, 140), (240, 130, 260, 150)]
    found = read_image(picture(150, 260, boxes), Seer(), TILING, lowest=0.0)
    left = suppressed(found, Suppression("hard", iou=0.5), lowest=0.0, most=100)
    assert sorted(left.boxes.tolist()) == sorted(map(list, boxes))


def test_a_thing_larger_than_any_window_is_still_reported() -> None:
    found = read_image(picture(150, 260, [(2, 10, 250, 40)]), Seer(), TILING, lowest=0.0)
    assert len(found) > 0
    assert found.boxes[:, 0].min() == 2
    assert found.boxes[:, 2].max() == pytest.approx(250)


def test_padding_is_never_part_of_a_box() -> None:
    found = read_image(np.ones((3, 33, 40), np.float32), Seer(), TILING, lowest=0.0)
    assert found.boxes.tolist() == [[0, 0, 40, 33]]
