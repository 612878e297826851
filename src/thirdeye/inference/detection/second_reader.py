"""The second reader that finds things: a file in, boxes out; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.evaluation.box_evidence import main_point
from thirdeye.evaluation.threshold import Threshold, read_thresholds
from thirdeye.inference.dense.write_probabilities import write_probabilities
from thirdeye.inference.detection.detections import Detections
from thirdeye.inference.detection.detector import Detector, MappingDetector, open_detector
from thirdeye.inference.detection.drawing import drawn
from thirdeye.inference.detection.manifest import DetectionManifest, read_detection_manifest
from thirdeye.inference.detection.probability import SlidingProbabilities
from thirdeye.inference.guard import OPEN, Guard, Withheld, open_guard
from thirdeye.inference.identity import identity
from thirdeye.inference.located import Drawn, readings
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.validated import NOTHING_KNOWN, Validated, read_validated
from thirdeye.intake.workers import usable_cores


@dataclass(frozen=True)
class Detected:
    """An opinion with the boxes that it is about.

    Args:
        opinion: with the boxes at or above the operating point.
        item: the image.
        detections: every box that was found, also those below the operating point.
        names: of the classes.
        probabilities: of each class in each place; None where they were not asked for.
    """

    opinion: Opinion
    item: Image
    detections: Detections
    names: tuple[str, ...]
    probabilities: SlidingProbabilities | None = None

    def picture(self) -> Drawn:
        """The image with the boxes of the opinion."""
        pixels = np.asarray(drawn(self.item, self.opinion.boxes, self.names), np.uint8)
        return Drawn(pixels, "what was found" if self.opinion.boxes else "nothing was found")

    def write(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write the image with its boxes drawn, as PNG, and maps where there are any; their names."""
        name = f"{stem}_marked.png"
        folder.mkdir(parents=True, exist_ok=True)
        drawn(self.item, self.opinion.boxes, self.names).save(folder / name)
        return (name, *write_probabilities(self.item, self.probabilities or (), folder, stem))


class DetectingReader:
    """A trained reader of a detection. Make one with `DetectingReader.load`."""

    def __init__(
        self, manifest: DetectionManifest, detector: Detector, validated: Validated = NOTHING_KNOWN
    ) -> None:
        self.manifest, self.detector, self._validated = manifest, detector, validated
        self.guard: Guard = OPEN
        self._keeps_probabilities = False
        self._points = read_thresholds(manifest.operating_points, classes=manifest.classes)
        self.point: Threshold | None = main_point(self._points)

    @classmethod
    def load(cls, study: Path, *, threads: int | None = None) -> DetectingReader:
        """The reader of a study folder.

        Args:
            study: the folder that `thirdeye run` wrote.
            threads: of one pass; None: as many as this process may use.

        Raises:
            StudyMismatch: there is no such reader in it, or a file is missing or was edited.
        """
        place = Study(Path(study))
        manifest = read_detection_manifest(place)
        detector = open_detector(place, manifest, threads=threads or usable_cores())
        reader = cls(manifest, detector, read_validated(place, manifest))
        reader.guard = open_guard(place, manifest)
        return reader

    def at_point(self, name: str) -> None:
        """Show from now on what reaches the threshold of an operating point.

        Args:
            name: as in ``model.json``: "fp_per_image_1_4", "fp_per_image_1" or "fp_per_image_4".

        Raises:
            UsageError: the reader has none of this name.
        """
        named = {point.name: point for point in self._points}
        if name not in named:
            raise UsageError(
                f"the reader has no operating point '{name}'; it has {', '.join(named) or 'none at all'}"
            )
        self.point = named[name]

    def keep_probabilities(self) -> None:
        """Have readings from now on with a map of each class.

        Raises:
            UsageError: the reader makes none, as it looks at whole windows and not at each place.
        """
        if not isinstance(self.detector, MappingDetector):
            raise UsageError(
                "this reader of boxes tells of windows what lies in them and makes no map of probabilities; "
                "readers that mark structures do, and detectors that slide a network of patches"
            )
        self._keeps_probabilities = True

    @property
    def reads_volumes(self) -> bool:
        """It reads images."""
        return False

    def read_item(self, item: Image, source: str) -> Detected:
        """What is found in an image in memory.

        Args:
            item: any size.
            source: what to call it.

        Raises:
            UnreadableFile: its channels or values do not suit.
        """
        found, maps = self._found(item)
        certain = found if self.point is None else found.above(self.point.threshold)
        boxes = certain.as_boxes(self.manifest.classes)
        model = identity(self.manifest)
        opinion = Opinion(
            source=source, task=self.manifest.task, probabilities={}, boxes=boxes, model=model,
            predicted="|".join(name for name in self.manifest.classes if name in {one.name for one in boxes}),
            looked_for=self.manifest.classes, warnings=self._about(found, certain),
        )  # fmt: skip
        known = self._validated.at(None if self.point is None else self.point.name)
        return Detected(known.over(opinion), item, found, self.manifest.classes, maps)

    def _found(self, item: Image) -> tuple[Detections, SlidingProbabilities | None]:
        if not (self._keeps_probabilities and isinstance(self.detector, MappingDetector)):
            return self.detector.find(item), None
        found, cells = self.detector.find_mapped(item)
        sides, names = (item.height, item.width), self.manifest.classes
        return found, SlidingProbabilities(sides, names, cells, self.detector.step(item))

    def read_many(self, paths: Iterable[Path]) -> Iterator[Detected | Withheld | Failure]:
        """Readings in the order of `paths`, each as soon as it is done; the next is decoded meanwhile."""
        return readings(
            paths, lambda item, case: self.read_item(item, case.source), kinds=Image,
            otherwise="is not an image in two dimensions; this reader finds things in images",
            guard=self.guard,
        )  # fmt: skip

    def _about(self, found: Detections, certain: Detections) -> tuple[str, ...]:
        """What a person should know of the threshold."""
        if self.point is None:
            return ("No operating point was chosen: every box is shown, most of them uncertain.",)
        if len(found) >= self.manifest.most_boxes and len(certain) == len(found):
            return (f"Only the {len(found):,} most certain boxes are shown.",)
        return ()
