"""What becomes of boxes that overlap: the best is kept, and the others go or lose in score.

Sources: greedy suppression as everywhere; soft suppression: Bodla et al., ICCV 2017, in its Gaussian form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.detection import box_iou
from thirdeye.inference.detection.detections import Detections
from thirdeye.registry import Registry

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Suppression:
    """How overlapping boxes of one class are dealt with.

    Args:
        name: of a registered suppression: "hard" or "soft".
        iou: overlap (intersection over union) from which "hard" drops a box.
        sigma: width of the Gaussian by which "soft" lowers scores.
    """

    name: str
    iou: float = 0.5
    sigma: float = 0.5


Suppressor = Callable[[Array, Array, Suppression], Array]
SUPPRESSORS: Registry[Suppressor] = Registry("suppression")
GONE = -1.0


def suppressed(found: Detections, how: Suppression, *, lowest: float, most: int) -> Detections:
    """Detections after suppression, class by class.

    Args:
        found: of one image.
        how: which rule, with its values.
        lowest: score below which nothing is kept.
        most: boxes that are kept, the highest scores first.
    """
    run = SUPPRESSORS.get(how.name)
    scores = np.full(len(found), GONE)
    for kind in np.unique(found.classes):
        mine = found.classes == kind
        scores[mine] = run(found.boxes[mine], found.scores[mine], how)
    kept = scores >= max(lowest, 0.0)
    left = Detections.ordered(found.boxes[kept], scores[kept], found.classes[kept])
    return Detections(left.boxes[:most], left.scores[:most], left.classes[:most])


@SUPPRESSORS.register("hard")
def hard(boxes: Array, scores: Array, how: Suppression) -> Array:
    """The best box stays and those that overlap it go; and so on with what is left.

    Args:
        boxes: (n, 4) of one class.
        scores: (n,) from the highest down.
        how: its `iou` counts.

    Returns:
        (n,) scores; `GONE` where a box goes.
    """
    overlap = box_iou(boxes, boxes) >= how.iou
    left, result = np.ones(len(boxes), bool), scores.copy()
    for place in range(len(boxes)):
        if left[place]:
            left[place + 1 :] &= ~overlap[place, place + 1 :]
    result[~left] = GONE
    return result


@SUPPRESSORS.register("soft")
def soft(boxes: Array, scores: Array, how: Suppression) -> Array:
    """Each box in turn, the best first, lowers the others by a Gaussian of the overlap; none goes.

    Args:
        boxes: (n, 4) of one class.
        scores: (n,).
        how: its `sigma` counts.

    Returns:
        (n,) lowered scores.
    """
    shares = np.exp(-(box_iou(boxes, boxes) ** 2) / how.sigma)
    result = scores.copy()
    waiting = scores.copy()
    for _ in range(len(boxes)):
        best = int(np.argmax(waiting))
        result[best], waiting[best] = waiting[best], GONE
        waiting = np.where(waiting > GONE, waiting * shares[best], GONE)
    return result
