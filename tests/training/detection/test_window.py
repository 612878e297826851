import numpy as np
import pytest

from thirdeye.training.detection.case import DetectionCase, stored, values_of
from thirdeye.training.detection.window import Augmentation, draw_window, inside

PLAIN = Augmentation((64, 96), scale=0.0, mirrored=(), mosaic=0.0, tone=0.0)


def case(height: int, width: int, boxes: list[tuple[int, int, int, int]]) -> DetectionCase:
    """Black, with one white rectangle for each box."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for x_min, y_min, x_max, y_max in boxes:
        pixels[y_min:y_max, x_min:x_max] = 255
    return DetectionCase(pixels, np.array(boxes, np.float32).reshape(-1, 4), np.zeros(len(boxes), np.int64))


def white(window: np.ndarray) -> np.ndarray:
    """Edges of what is white: x_min, y_min, x_max, y_max."""
    rows, columns = np.nonzero(window > 0)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def test_pixels_are_kept_small_and_come_back() -> None:
    array = np.random.default_rng(0).uniform(-1, 1, (3, 5, 7)).astype(np.float32)
    kept = stored(array, in_range=True)
    assert kept.dtype == np.uint8
    back = DetectionCase(kept, np.zeros((0, 4), np.float32), np.zeros(0, np.int64)).array()
    assert back.shape == (3, 5, 7)
    assert back == pytest.approx(array, abs=0.5 / 127.5)
    deep = stored(5 * array, in_range=False)
    assert values_of(deep).transpose(2, 0, 1) == pytest.approx(5 * array, abs=0.005)


@pytest.mark.parametrize("mirrored", [(), (0,), (1,), (0, 1)])
@pytest.mark.parametrize("scale", [0.0, 0.6])
def test_boxes_go_where_their_things_go(mirrored: tuple[int, ...], scale: float) -> None:
    one = case(50, 70, [(20, 15, 45, 35)])
    how = Augmentation((64, 96), scale, mirrored, mosaic=0.0, tone=0.0)
    seen = set()
    for seed in range(25):
        window, truth = draw_window([one], np.array([0]), how, np.random.default_rng(seed))
        assert window.shape == (3, 64, 96)
        if len(truth.boxes):
            assert truth.boxes[0].numpy() == pytest.approx(white(window[0].numpy()), abs=1.01)
            seen.add(tuple(truth.boxes[0].numpy().round().tolist()))
    assert len(seen) > 5


def test_windows_of_large_images_lie_on_boxes_more_often_than_by_chance() -> None:
    one = case(900, 900, [(400, 400, 430, 425)])
    met = 0
    for seed in range(60):
        window, truth = draw_window([one], np.array([0]), PLAIN, np.random.default_rng(seed))
        if len(truth.boxes):
            met += 1
            assert truth.boxes[0].numpy() == pytest.approx(white(window[0].numpy()), abs=1.01)
    assert 20 <= met <= 45


def test_a_mosaic_is_made_of_four_and_keeps_boxes_and_things_together() -> None:
    cases = [
        case(64, 96, [(x, 20, x + 12, 34), (60, y, 75, y + 15)]) for x, y in ((10, 5), (30, 40), (5, 44))
    ]
    how = Augmentation((64, 96), 0.0, (), mosaic=1.0, tone=0.0)
    for seed in range(10):
        window, truth = draw_window(cases, np.arange(3), how, np.random.default_rng(seed))
        bright = window[0].numpy() > 0
        for x_min, y_min, x_max, y_max in truth.boxes.numpy().round().astype(int):
            assert bright[y_min:y_max, x_min:x_max].mean() > 0.9
            bright[y_min:y_max, x_min:x_max] = False
        assert bright.mean() < 0.05  # what is left are things of which too little is seen


def test_boxes_cut_at_a_frame() -> None:
    boxes = np.array([[0, 0, 10, 10], [8, 0, 28, 10], [9, 9, 10, 10], [50, 50, 60, 60]], np.float32)
    left, kinds = inside(boxes, np.arange(4), (0, 0, 12, 12))
    assert left.tolist() == [[0, 0, 10, 10]]  # a fifth of the second is left, the third is too small
    assert kinds.tolist() == [0]
    assert inside(boxes[:0], np.arange(0), (0, 0, 5, 5))[0].shape == (0, 4)


def test_the_same_chance_gives_the_same_window() -> None:
    cases = [case(50, 70, [(20, 15, 45, 35)]), case(60, 90, [])]
    how = Augmentation((64, 96), 0.3, (0, 1), mosaic=0.5, tone=1.0)
    one, other = (draw_window(cases, np.arange(2), how, np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one[0].numpy(), other[0].numpy())
    assert np.array_equal(one[1].boxes.numpy(), other[1].boxes.numpy())


def test_surroundings_are_the_middle_of_the_grey_scale() -> None:
    window, truth = draw_window([case(10, 10, [])], np.array([0]), PLAIN, np.random.default_rng(0))
    assert float((window == 0).float().mean()) > 0.9
    assert len(truth.boxes) == 0
