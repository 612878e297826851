import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms

from thirdeye.errors import UsageError
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.suppress import SUPPRESSORS, Suppression, suppressed

PAIR = np.array([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 5.0], [20.0, 20.0, 30.0, 30.0]])  # IoU 0.5, 0, 0


def many(seed: int, n: int = 120) -> Detections:
    rng = np.random.default_rng(seed)
    corner, side = rng.uniform(0, 60, (n, 2)), rng.uniform(5, 30, (n, 2))
    return Detections.ordered(
        np.concatenate([corner, corner + side], 1), rng.permutation(n) / n, rng.integers(0, 3, n)
    )


@pytest.mark.parametrize("iou", [0.3, 0.5, 0.8])
@pytest.mark.parametrize("seed", range(4))
def test_hard_suppression_keeps_what_torchvision_keeps(seed: int, iou: float) -> None:
    found = many(seed)
    kept = suppressed(found, Suppression("hard", iou=iou), lowest=0.0, most=1000)
    expected = batched_nms(
        torch.from_numpy(found.boxes), torch.from_numpy(found.scores), torch.from_numpy(found.classes), iou
    ).numpy()
    assert np.array_equal(kept.boxes, found.boxes[expected])
    assert np.array_equal(kept.classes, found.classes[expected])


def test_soft_suppression_lowers_by_the_gaussian_of_the_overlap() -> None:
    found = Detections(PAIR, np.array([0.9, 0.8, 0.7]), np.zeros(3, np.int64))
    kept = suppressed(found, Suppression("soft", sigma=0.5), lowest=0.0, most=10)
    assert kept.scores == pytest.approx([0.9, 0.7, 0.8 * np.exp(-0.5)])  # exp(-0.5^2 / 0.5)
    assert np.array_equal(kept.boxes, PAIR[[0, 2, 1]])


def test_soft_suppression_is_that_of_the_paper_box_by_box() -> None:
    found = many(1, n=60)
    kept = suppressed(found, Suppression("soft", sigma=0.3), lowest=0.0, most=1000)
    expected = np.sort(np.concatenate([_paper(found, kind, 0.3) for kind in range(3)]))[::-1]
    assert kept.scores == pytest.approx(expected)


def _paper(found: Detections, kind: int, sigma: float) -> np.ndarray:
    """Bodla et al. 2017, Fig. 2, with lists."""
    mine = found.classes == kind
    waiting = [(float(s), b) for s, b in zip(found.scores[mine], found.boxes[mine], strict=True)]
    done = []
    while waiting:
        score, best = waiting.pop(max(range(len(waiting)), key=lambda at: waiting[at][0]))
        done.append(score)
        waiting = [(s * np.exp(-(_iou(best, b) ** 2) / sigma), b) for s, b in waiting]
    return np.array(done)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def test_boxes_of_different_classes_do_not_stand_in_each_others_way() -> None:
    found = Detections(PAIR, np.array([0.9, 0.8, 0.7]), np.array([0, 1, 0]))
    kept = suppressed(found, Suppression("hard", iou=0.1), lowest=0.0, most=10)
    assert kept.scores.tolist() == [0.9, 0.8, 0.7]


def test_what_is_too_low_or_too_much_goes() -> None:
    found = many(2)
    few = suppressed(found, Suppression("soft"), lowest=0.4, most=5)
    assert len(few) == 5
    assert few.scores.min() >= 0.4
    assert len(suppressed(Detections.none(), Suppression("hard"), lowest=0.0, most=5)) == 0


def test_an_unknown_suppression_lists_the_known_ones() -> None:
    assert set(SUPPRESSORS.names()) >= {"hard", "soft"}
    with pytest.raises(UsageError, match="hard"):
        suppressed(many(0), Suppression("hart"), lowest=0.0, most=5)
