"""What training leaves for validation: detections in images that the readers had not seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thirdeye.case.study import Study
from thirdeye.inference.detection.detections import Detections
from thirdeye.journey.material import VALIDATION_FILE, save_arrays


def save_held_out(study: Study, found: Mapping[int, Detections]) -> None:
    """Detections of held-out images, by position in the development part, in pixels of the stored images."""
    arrays: dict[str, np.ndarray] = {}
    for row, one in found.items():
        arrays |= {f"boxes_{row}": one.boxes, f"scores_{row}": one.scores, f"classes_{row}": one.classes}
    save_arrays(study, VALIDATION_FILE, arrays)
