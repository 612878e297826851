"""The detector of a study: an image in, boxes out, whichever technique it was trained by; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.engine import OnnxHeads
from thirdeye.inference.detection.fuse import fused
from thirdeye.inference.detection.heads import WindowReader, window_reader
from thirdeye.inference.detection.manifest import DetectionManifest
from thirdeye.inference.detection.suppress import Suppression, suppressed
from thirdeye.inference.detection.tiles import Tiling, read_image
from thirdeye.inference.member_files import refuse_changed_files
from thirdeye.transform.dense.prepare import Preparation, prepared
from thirdeye.transform.detection.places import Places, places_of


class Detector(Protocol):
    """Finds things in an image."""

    def find(self, image: Image) -> Detections:
        """Every box with a score of at least the manifest's lowest, in pixels of the image as stored.

        Raises:
            UnreadableFile: the image is not of the kind that the detector reads.
        """
        ...


@runtime_checkable
class MappingDetector(Detector, Protocol):
    """A detector that asks of every place what lies there."""

    def find_mapped(self, image: Image) -> tuple[Detections, NDArray[np.float32]]:
        """Every box, and probabilities (classes, rows, columns) of the places that were asked."""
        ...

    def step(self, image: Image) -> tuple[float, float]:
        """(down, across) pixels of an image between neighbouring places that are asked."""
        ...


@dataclass(frozen=True)
class Finding:
    """How a prepared image is read.

    Args:
        tiling: windows.
        suppression: what becomes of boxes that overlap.
        lowest: score below which nothing is reported.
        most: boxes of one image.
    """

    tiling: Tiling
    suppression: Suppression
    lowest: float
    most: int


class NetworkDetector:
    """Members of an ensemble, each with its own windows and suppression; then fused.

    Args:
        members: networks.
        preparation: of an image.
        how: it is read.
    """

    def __init__(self, members: Sequence[WindowReader], preparation: Preparation, how: Finding) -> None:
        self.members, self.preparation, self.how = members, preparation, how

    def find(self, image: Image) -> Detections:
        """See `Detector`."""
        array = prepared(image, self.preparation).array
        found = find_in(array, self.members, self.how)
        return in_pixels_of(found, array.shape[1:], (image.height, image.width))


def find_in(array: NDArray[np.float32], members: Sequence[WindowReader], how: Finding) -> Detections:
    """Boxes in a prepared image (3, H, W), in its pixels."""
    several = [
        suppressed(
            read_image(array, one, how.tiling, lowest=how.lowest), how.suppression, lowest=how.lowest,
            most=how.most,
        )
        for one in members
    ]  # fmt: skip
    return fused(several, most=how.most)


def in_pixels_of(found: Detections, seen: Sequence[int], own: tuple[int, int]) -> Detections:
    """Boxes in pixels of a prepared image, in pixels of the image as stored.

    Args:
        found: in the prepared image.
        seen: its (height, width).
        own: (height, width) of the image as stored.
    """
    factor = np.array([own[1] / seen[1], own[0] / seen[0]] * 2)
    return Detections(found.boxes * factor, found.scores, found.classes)


def open_detector(study: Study, manifest: DetectionManifest, *, threads: int) -> Detector:
    """The detector of a study, ready to read, after the hashes of its files were compared.

    Args:
        study: with a trained detector.
        manifest: of `read_detection_manifest`.
        threads: of one pass.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    refuse_changed_files(study, manifest.onnx)
    if manifest.technique == "sliding":
        from thirdeye.inference.sliding.detector import open_sliding

        return open_sliding(study, manifest, threads=threads)
    anchors = places_of(manifest.architecture, manifest.strides, manifest.anchors, manifest.ratios)
    finding = Finding(
        Tiling(manifest.tile_px, manifest.overlap, anchors.multiple), manifest.suppression,
        manifest.lowest_score, manifest.most_boxes,
    )  # fmt: skip
    members = [_member(study, one["files"], anchors, threads) for one in manifest.members]
    return NetworkDetector(members, manifest.preparation, finding)


def _member(study: Study, files: Sequence[str], anchors: Places, threads: int) -> WindowReader:
    runs = [OnnxHeads(study.path(f"model/{name}"), threads=threads).run for name in files]
    return window_reader(runs, anchors)
