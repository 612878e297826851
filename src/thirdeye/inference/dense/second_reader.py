"""The second reader that marks structures: a file in, a label map and measurements out; no torch."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.errors import StudyMismatch, UnreadableFile
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.dense.manifest import DenseManifest, read_dense_manifest
from thirdeye.inference.dense.measure import regions_of
from thirdeye.inference.dense.segment import Reader, segment
from thirdeye.inference.second_opinion import Failure
from thirdeye.intake.formats.format import Item
from thirdeye.intake.pixels import load
from thirdeye.intake.reference import as_reference
from thirdeye.intake.workers import Lost, Task, each, limit_for
from thirdeye.transform.dense.prepare import prepared


@dataclass(frozen=True)
class Segmented:
    """An opinion with the label map that it is about.

    Args:
        opinion: regions with their sizes.
        item: the image or volume.
        labels: on its own grid; 0 background, then the classes by number.
    """

    opinion: Opinion
    item: Image | Volume
    labels: NDArray[np.uint8]


class SegmentingReader:
    """A trained reader of a segmentation. Make one with `SegmentingReader.load`."""

    def __init__(self, manifest: DenseManifest, reader: Reader) -> None:
        self.manifest, self._reader = manifest, reader

    @classmethod
    def load(cls, study: Path, *, threads: int | None = None) -> SegmentingReader:
        """The reader of a study folder.

        Args:
            study: the folder that `thirdeye run` wrote.
            threads: of one pass; None: as many as this process may use.

        Raises:
            StudyMismatch: there is no such reader in it, or a file is missing or was edited.
        """
        place = Study(Path(study))
        manifest = read_dense_manifest(place)
        return cls(manifest, open_members(place, manifest, threads=threads or _usable_cores()))

    def read_item(self, item: Image | Volume, source: str) -> Segmented:
        """What is marked in an image or volume in memory.

        Args:
            item: any size and orientation.
            source: what to call it.

        Raises:
            UnreadableFile: it is not of the kind that the reader reads.
        """
        labels = segment(
            self._reader, prepared(item, self.manifest.preparation), self.manifest.windows,
            dict(self.manifest.tidying), n_structures=len(self.manifest.classes),
        )  # fmt: skip
        spacing = item.spacing_mm if isinstance(item, Image) else item.geometry.spacing_mm
        found = regions_of(labels, self.manifest.classes, spacing)
        model = {"name": self.manifest.architecture, "sha256": self.manifest.onnx[0]["sha256"]}
        opinion = Opinion(
            source=source, task=self.manifest.task, probabilities={}, regions=tuple(found), model=model,
            predicted="|".join(region.structure for region in found),
        )  # fmt: skip
        return Segmented(opinion, item, labels)

    def read_many(self, paths: Iterable[Path]) -> Iterator[Segmented | Failure]:
        """Readings in the order of `paths`, each as soon as it is done."""
        named: deque[Path] = deque()

        def tasks() -> Iterator[Task]:
            for path in paths:
                named.append(path)
                yield Task((path.parent, as_reference(path.name)), limit_for(path))

        with closing(each(load, tasks(), count=1, ahead=1)) as items:
            for item in items:
                yield self._read(item, str(named.popleft()))

    def _read(self, item: Item | Lost, source: str) -> Segmented | Failure:
        if isinstance(item, Lost):
            return Failure(source, item.reason)
        if not isinstance(item, Image | Volume):
            return Failure(source, "is a signal; this reader marks structures in images")
        try:
            return self.read_item(item, source)
        except UnreadableFile as error:
            return Failure(source, error.reason)


def open_members(study: Study, manifest: DenseManifest, *, threads: int) -> Reader:
    """The members of a study, ready to read, after their hashes were compared.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    for one in manifest.onnx:
        name = f"model/{one['file']}"
        if study.sha256(name) != one["sha256"]:
            raise StudyMismatch(f"{name} was changed after training; restore it, or train again")
    engines = [DenseEngine(study.path(f"model/{one['file']}"), threads=threads) for one in manifest.onnx]
    return Reader(engines, manifest.mirrored)


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
