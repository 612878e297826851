"""The second reader that finds landmarks: a file in, places and certainties out; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thirdeye.case.image import Image
from thirdeye.case.marks import Landmark
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.evaluation.measurement_definitions import Definition
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.guard import OPEN, Guard, Withheld, open_guard
from thirdeye.inference.identity import identity
from thirdeye.inference.landmarks.drawing import drawn
from thirdeye.inference.landmarks.locate import Finder
from thirdeye.inference.landmarks.manifest import LandmarkManifest, read_landmark_manifest
from thirdeye.inference.landmarks.measure import (
    as_measurements,
    measured,
    not_measured,
    study_measurements,
)
from thirdeye.inference.landmarks.points import Points
from thirdeye.inference.located import Drawn, readings
from thirdeye.inference.member_files import refuse_changed_files
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.validated import NOTHING_KNOWN, Validated, read_validated
from thirdeye.intake.workers import usable_cores

MOST_NAMED = 5


@dataclass(frozen=True)
class FoundLandmarks:
    """An opinion with the points that it is about.

    Args:
        opinion: with the landmarks.
        item: the image.
        points: in its pixels.
        names: of the landmarks.
        doubtful_below: certainty below which a landmark is drawn as doubtful.
    """

    opinion: Opinion
    item: Image
    points: Points
    names: tuple[str, ...]
    doubtful_below: float

    def picture(self) -> Drawn:
        """The image with its points."""
        pixels = np.asarray(drawn(self.item, self.points, self.names, self.doubtful_below), np.uint8)
        return Drawn(pixels, "landmarks; orange where doubtful")

    def write(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write the image with its points drawn, as PNG; the names of the files."""
        name = f"{stem}_marked.png"
        folder.mkdir(parents=True, exist_ok=True)
        drawn(self.item, self.points, self.names, self.doubtful_below).save(folder / name)
        return (name,)


class LandmarkReader:
    """A trained reader of landmarks. Make one with `LandmarkReader.load`."""

    def __init__(
        self,
        manifest: LandmarkManifest,
        finder: Finder,
        definitions: Sequence[Definition] = (),
        validated: Validated = NOTHING_KNOWN,
    ) -> None:
        self.manifest, self.finder, self.definitions = manifest, finder, tuple(definitions)
        self._validated = validated
        self.guard: Guard = OPEN

    @classmethod
    def load(cls, study: Path, *, threads: int | None = None) -> LandmarkReader:
        """The reader of a study folder.

        Args:
            study: the folder that `thirdeye run` wrote.
            threads: of one pass; None: as many as this process may use.

        Raises:
            StudyMismatch: there is no such reader in it, or a file is missing or was edited.
        """
        place = Study(Path(study))
        manifest = read_landmark_manifest(place)
        finder = open_finder(place, manifest, threads=threads or usable_cores())
        definitions = study_measurements(place, manifest.classes)
        reader = cls(manifest, finder, definitions, read_validated(place, manifest))
        reader.guard = open_guard(place, manifest)
        return reader

    @property
    def reads_volumes(self) -> bool:
        """False: landmarks are found in images."""
        return False

    def read_item(self, item: Image, source: str) -> FoundLandmarks:
        """The landmarks of an image in memory.

        Args:
            item: any size.
            source: what to call it.

        Raises:
            UnreadableFile: its channels or values do not suit.
        """
        points = self.finder.find(item)
        names = self.manifest.classes
        landmarks = tuple(
            Landmark(name, float(x), float(y), float(certainty))
            for name, (x, y), certainty in zip(names, points.xy, points.certainty, strict=True)
            if np.isfinite(x) and np.isfinite(y)
        )
        derived = measured(item, points, self.definitions, names)
        model = identity(self.manifest)
        opinion = Opinion(
            source=source, task=self.manifest.task, probabilities={}, landmarks=landmarks, model=model,
            measurements=as_measurements(derived),
            warnings=(*_warnings(landmarks, self.manifest.doubtful_below), *not_measured(derived)),
        )  # fmt: skip
        opinion = self._validated.over(opinion)
        return FoundLandmarks(opinion, item, points, names, self.manifest.doubtful_below)

    def read_many(self, paths: Iterable[Path]) -> Iterator[FoundLandmarks | Withheld | Failure]:
        """Readings in the order of `paths`, each as soon as it is done."""
        return readings(
            paths, lambda item, case: self.read_item(item, case.source), kinds=Image,
            otherwise="is not an image in two dimensions; this reader finds landmarks in images",
            guard=self.guard,
        )  # fmt: skip


def open_finder(study: Study, manifest: LandmarkManifest, *, threads: int) -> Finder:
    """The networks of a study, ready to read, after their hashes were compared.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    refuse_changed_files(study, manifest.onnx)
    looks = {
        look: [
            DenseEngine(study.path(f"model/{one['file']}"), threads=threads)
            for one in manifest.onnx
            if one["look"] == look
        ]
        for look in ("first", "second")
    }
    first, second = manifest.first, manifest.second
    return Finder(
        looks["first"], looks["second"], first, second, manifest.shape, manifest.settle, manifest.pairs
    )  # fmt: skip


def _warnings(landmarks: Iterable[Landmark], doubtful_below: float) -> tuple[str, ...]:
    doubtful = [one.name for one in landmarks if one.certainty < doubtful_below]
    if not doubtful:
        return ()
    more = f" and {len(doubtful) - MOST_NAMED} more" if len(doubtful) > MOST_NAMED else ""
    return (f"Look again, the place is uncertain: {', '.join(doubtful[:MOST_NAMED])}{more}.",)
