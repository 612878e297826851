"""The second reader that marks structures: a file in, a label map and measurements out; no torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.dense.label import LabelReader, open_label, with_label
from thirdeye.inference.dense.manifest import DenseManifest, read_dense_manifest
from thirdeye.inference.dense.measure import regions_of
from thirdeye.inference.dense.probability import DenseProbabilities, segment_with_probabilities
from thirdeye.inference.dense.segment import Reader, segment
from thirdeye.inference.dense.segmented import Segmented
from thirdeye.inference.guard import OPEN, Guard, Withheld, open_guard
from thirdeye.inference.identity import identity
from thirdeye.inference.located import readings
from thirdeye.inference.member_files import refuse_changed_files
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.validated import NOTHING_KNOWN, Validated, read_validated
from thirdeye.intake.joined import Channel, Joined, joined
from thirdeye.intake.words import counted
from thirdeye.intake.workers import usable_cores
from thirdeye.transform.dense.prepare import Prepared, prepared


class SegmentingReader:
    """A trained reader of a segmentation. Make one with `SegmentingReader.load`."""

    def __init__(
        self,
        manifest: DenseManifest,
        reader: Reader,
        label: LabelReader | None = None,
        validated: Validated = NOTHING_KNOWN,
    ) -> None:
        self.manifest, self._reader, self._label = manifest, reader, label
        self._validated = validated
        self.guard: Guard = OPEN
        self._keeps_probabilities = False

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
        threads = threads or usable_cores()
        label = open_label(place, manifest.label, threads=threads)
        members = open_members(place, manifest, threads=threads)
        reader = cls(manifest, members, label, read_validated(place, manifest))
        reader.guard = open_guard(place, manifest)
        return reader

    def keep_probabilities(self) -> None:
        """Have readings from now on with a map of each structure."""
        self._keeps_probabilities = True

    @property
    def reads_volumes(self) -> bool:
        """Whether it reads volumes, not images."""
        return self.manifest.preparation.axes == 3

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Channels of a case that lie in files of their own; empty: every file is a case."""
        return tuple(Channel(str(one["name"]), str(one["ending"])) for one in self.manifest.channels)

    def read_item(self, item: Image | Volume, source: str) -> Segmented:
        """What is marked in an image or volume in memory.

        Args:
            item: any size and orientation.
            source: what to call it.

        Raises:
            UnreadableFile: it is not of the kind that the reader reads.
        """
        seen = prepared(item, self.manifest.preparation)
        labels, maps = self._marked(seen)
        spacing = item.spacing_mm if isinstance(item, Image) else item.geometry.spacing_mm
        found = regions_of(labels, self.manifest.classes, spacing)
        model = identity(self.manifest)
        opinion = Opinion(
            source=source, task=self.manifest.task, probabilities={}, regions=tuple(found), model=model,
            predicted="|".join(region.structure for region in found),
            looked_for=self.manifest.classes, warnings=tuple(_doubts(item)),
        )  # fmt: skip
        opinion = with_label(self._validated.over(opinion), self._label, seen.array)
        return Segmented(opinion, item, labels, self.manifest.classes, probabilities=maps)

    def _marked(self, seen: Prepared) -> tuple[NDArray[np.uint8], DenseProbabilities | None]:
        windows, tidying = self.manifest.windows, dict(self.manifest.tidying)
        names = self.manifest.classes
        if self._keeps_probabilities:
            return segment_with_probabilities(self._reader, seen, windows, tidying, structures=names)
        return segment(self._reader, seen, windows, tidying, n_structures=len(names)), None

    def read_many(self, paths: Iterable[Path]) -> Iterator[Segmented | Withheld | Failure]:
        """Readings in the order of `paths`, each as soon as it is done; the next is decoded meanwhile.

        Where the reader learnt from channels in files of their own, files are put together to cases first.

        Args:
            paths: files; a series of a folder is named as in `thirdeye.intake.reference`.
        """
        return self.read_cases(joined(paths, self.channels)) if self.channels else self._read(paths)

    def read_cases(self, cases: Sequence[Joined]) -> Iterator[Segmented | Withheld | Failure]:
        """Readings of cases whose channels may lie in several files, in their order."""
        found = self._read([case for case in cases if not case.refusal])
        for case in cases:
            yield Failure(case.source, case.refusal) if case.refusal else next(found)

    def _read(self, cases: Iterable[Path | Joined]) -> Iterator[Segmented | Withheld | Failure]:
        def read(item: Image | Volume, case: Joined) -> Segmented:
            return replace(self.read_item(item, case.source), file=case.files[0])

        said = "is a signal; this reader marks structures in images"
        return readings(cases, read, kinds=(Image, Volume), otherwise=said, guard=self.guard)


def open_members(study: Study, manifest: DenseManifest, *, threads: int) -> Reader:
    """The members of a study, ready to read, after their hashes were compared.

    Raises:
        StudyMismatch: a file is missing, or is not the one that training wrote.
    """
    refuse_changed_files(study, manifest.onnx)
    engines = [DenseEngine(study.path(f"model/{one['file']}"), threads=threads) for one in manifest.onnx]
    return Reader(engines, manifest.mirrored)


def _doubts(item: Image | Volume) -> Iterator[str]:
    """What a person should know of the file before the opinion is believed."""
    if not isinstance(item, Volume):
        return
    count = int(item.attributes.get("not_finite", "0"))
    if count:
        yield f"{counted(count, 'voxel')} were no numbers (NaN or infinity) and were read as 0."
    if said := item.attributes.get("geometry", ""):
        yield f"The geometry is doubtful: {said}; sizes and sides may be wrong."
