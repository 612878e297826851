"""The detector that slides a classifier over an image; no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.manifest import DetectionManifest
from thirdeye.transform.sliding.committee import Committee, Engine
from thirdeye.transform.sliding.peaks import Peaks, find_peaks
from thirdeye.transform.sliding.settings import SlidingSettings, boxes_around
from thirdeye.transform.sliding.tiles import dense_map
from thirdeye.transform.sliding.view import seen, sides_seen

Array = NDArray[np.float32]


class SlidingDetector:
    """Finds things of known size by asking of every place what lies there.

    Args:
        engines: members; each (1, C, h, w) float32 to logits (1, K, rows, columns).
        how: of the study.
        most: boxes of one image.
    """

    def __init__(self, engines: Sequence[Engine], how: SlidingSettings, *, most: int = 2000) -> None:
        self.how, self.most = how, most
        self._committee = Committee(engines, how.views)

    def find(self, image: Image) -> Detections:
        """Every box, in pixels of the image as stored.

        Raises:
            UnreadableFile: the image is too small, or holds values that are not finite.
        """
        return self.find_mapped(image)[0]

    def find_mapped(self, image: Image) -> tuple[Detections, Array]:
        """Boxes as of `find`, and probabilities (classes, rows, columns) of the places that were asked."""
        pixels = seen(image, self.how.view)
        shares = dense_map(pixels, self._committee.run, self.how.field, n_outputs=self.how.n_outputs)
        return self._boxes(find_peaks(shares, self.how.rule()), image), shares[1:]

    def step(self, image: Image) -> tuple[float, float]:
        """(down, across) pixels of an image between neighbouring places that are asked."""
        height, width = sides_seen(image, self.how.view)
        stride = self.how.field.stride
        return stride * image.height / height, stride * image.width / width

    def _boxes(self, peaks: Peaks, image: Image) -> Detections:
        boxes = boxes_around(peaks, (image.height, image.width), self.how)
        count = min(self.most, int(np.count_nonzero(peaks.scores >= self.how.least)))
        return Detections(boxes[:count], peaks.scores[:count], peaks.classes[:count])


def open_sliding(study: Study, manifest: DetectionManifest, *, threads: int) -> SlidingDetector:
    """The sliding detector of a study; the hashes of its files were compared before.

    Args:
        study: with a trained detector.
        manifest: whose technique is "sliding".
        threads: of one pass.

    Raises:
        StudyMismatch: model.json is damaged, or a file cannot be loaded.
    """
    try:
        how = SlidingSettings.from_json(manifest.details)
    except (KeyError, TypeError, ValueError) as error:
        raise StudyMismatch(f"model.json is incomplete or damaged: {error}") from error
    engines = [DenseEngine(study.path(f"model/{one['file']}"), threads=threads) for one in manifest.onnx]
    return SlidingDetector([engine.run for engine in engines], how, most=manifest.most_boxes)
