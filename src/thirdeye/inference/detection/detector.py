"""The detector of a study: an image in, boxes out, whichever technique it was trained by."""

from __future__ import annotations

from typing import Protocol

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.manifest import DetectionManifest


class Detector(Protocol):
    """Finds things in an image."""

    def find(self, image: Image) -> Detections:
        """Every box with a score of at least the manifest's lowest, in pixels of the image as stored.

        Raises:
            UnreadableFile: the image is not of the kind that the detector reads.
        """
        ...


def open_detector(study: Study, manifest: DetectionManifest, *, threads: int) -> Detector:
    """The detector of a study, ready to read, after the hashes of its files were compared.

    Args:
        study: with a trained detector.
        manifest: of `read_detection_manifest`.
        threads: of one pass.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    for one in manifest.onnx:
        name = f"model/{one['file']}"
        if study.sha256(name) != one["sha256"]:
            raise StudyMismatch(f"{name} was changed after training; restore it, or train again")
    raise StudyMismatch(f"model.json names the technique '{manifest.technique}', which is not known here")
