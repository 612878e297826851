"""The second reader: a file in, an opinion out. numpy, PIL and ONNX Runtime only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.errors import UnreadableFile
from thirdeye.inference.advice import Adviser, Seen
from thirdeye.inference.advisers import advisers_of
from thirdeye.inference.blame import blaming_study
from thirdeye.inference.calibration import apply
from thirdeye.inference.engine import Engine, Pass
from thirdeye.inference.engines_file import choose
from thirdeye.inference.facts import facts_of
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import Manifest, read_manifest
from thirdeye.inference.opine import opine
from thirdeye.inference.recalibrate import Recalibration, read_recalibration
from thirdeye.inference.similar.patients import of_patient
from thirdeye.inference.surroundings import Surroundings
from thirdeye.inference.transparency import with_transparency
from thirdeye.inference.views import see
from thirdeye.intake.decode import decoded
from thirdeye.intake.workers import usable_cores, warm_up
from thirdeye.transform.prepare import arguments_of, prepare

LARGEST_BATCH = 16
LARGEST_BYTES = 64 * 1024**2  # of decoded pixels in one batch
DECODED_AHEAD = 8  # images, while the network reads those before them


@dataclass(frozen=True)
class Reading:
    """An opinion together with the image it is about, for showing.

    Args:
        opinion: what the reader says.
        image: what it was shown.
    """

    opinion: Opinion
    image: Image


@dataclass(frozen=True)
class Failure:
    """A file that could not be read.

    Args:
        source: the file as the user named it.
        error: one sentence.
    """

    source: str
    error: str

    def as_json(self) -> dict[str, str]:
        """JSON-ready form."""
        return {"source": self.source, "error": self.error}


class SecondReader:
    """A trained, calibrated reader. Make one with `SecondReader.load`.

    Args:
        manifest: its ``model.json``.
        engine: its network.
        envelope: what it knows, where there is one.
        recalibration: put over its opinions; None: opinions as the evidence is about them.
        advisers: add to each opinion what a doctor weighs it by.
    """

    def __init__(
        self,
        manifest: Manifest,
        engine: Engine,
        envelope: Surroundings | None = None,
        recalibration: Recalibration | None = None,
        advisers: Sequence[Adviser] = (),
    ) -> None:
        self.manifest = manifest
        self._recalibration = recalibration
        self._advisers = tuple(advisers)
        self._engine = engine
        self.envelope = envelope
        self.patient: str | None = None  # whose cases are read, where the user says so
        self.runs_with: dict[str, Any] = {}  # engine, precision and measured loss, where not the reference

    @classmethod
    def load(
        cls,
        study: Path,
        *,
        threads: int | None = None,
        recalibration: Path | None = None,
        engine: str | None = None,
        precision: str | None = None,
    ) -> SecondReader:
        """The reader of a study folder.

        Args:
            study: the folder that `thirdeye run` wrote.
            threads: of one pass; None: as many as this process may use.
            recalibration: ``external/NAME/recalibration.json`` of an external validation, to be put over the
                probabilities; every opinion says so.
            engine, precision: see `thirdeye.inference.engines_file.choose`; None: as the study says.

        Raises:
            UsageError, MissingExtra: the engine cannot be had.
            StudyMismatch: there is no reader in it, or a file is missing, edited or from a newer version.
        """
        warm_up()  # the worker starts while the network is loaded
        place = Study(Path(study))
        manifest = read_manifest(place)
        update = None if recalibration is None else read_recalibration(recalibration, manifest)
        choice = choose(place, manifest, engine=engine, precision=precision)
        network = Engine(choice.network, threads=threads or usable_cores(), runtime=choice.runtime)
        envelope = None
        with blaming_study():
            if "file" in manifest.envelope:
                envelope = Surroundings.from_bytes(verified(place, manifest.envelope))
            reader = cls(manifest, network, envelope, update, advisers_of(place, manifest))
        reader.runs_with = choice.as_json()
        return reader

    @property
    def engine(self) -> Engine:
        """Its network, for heat maps that take passes of their own."""
        return self._engine

    def read(self, path: Path) -> Opinion:
        """The opinion on one file.

        Raises:
            UnreadableFile: it cannot be decoded.
        """
        (image,) = decoded([Path(path)])
        if isinstance(image, UnreadableFile):
            raise image
        return self.read_images([image], [str(path)])[0]

    def read_images(self, images: list[Image], sources: list[str] | None = None) -> list[Opinion]:
        """Opinions on images in memory, read in one batch.

        Args:
            images: any sizes.
            sources: what to call them; None: their own names.
        """
        names = sources or [image.source for image in images]
        with blaming_study():
            return [self._opinion(name, one) for name, one in zip(names, self.seen(images), strict=True)]

    def seen(self, images: list[Image]) -> list[Seen]:
        """Everything that is computed of images in memory, in one batch.

        Args:
            images: any sizes.
        """
        if not images:
            return []
        wanted = arguments_of(self.manifest.input)
        images = [of_patient(image, self.patient) for image in images]
        prepared = np.stack([prepare(image, **wanted) for image in images])
        with ThreadPoolExecutor(max_workers=1) as aside:  # the network runs without holding the interpreter
            passing = aside.submit(self.passed, prepared)
            facts = [facts_of(image, square) for image, square in zip(images, prepared, strict=True)]
            looks = None if self.envelope is None else self.envelope.looks(prepared)
            found = passing.result()
        probabilities = apply(self.manifest.calibration, found.logits)
        far = (
            np.zeros(len(images))
            if self.envelope is None
            else self.envelope.distance_of(found.features, looks)
        )
        return [
            Seen.of(found, row, image, square, fact, probability, float(distance))
            for row, (image, square, fact, probability, distance) in enumerate(
                zip(images, prepared, facts, probabilities, far, strict=True)
            )
        ]

    def passed(self, prepared: NDArray[np.uint8]) -> Pass:
        """What the network gives for prepared images (n, S, S, 3)."""
        return see(self._engine, prepared, self.manifest.views)

    def _opinion(self, name: str, seen: Seen) -> Opinion:
        opinion = opine(self.manifest, name, seen.fact, seen.probability, seen.cam, distance=seen.distance)
        opinion = self.advised(self.placed(opinion, seen), seen)
        return opinion if self._recalibration is None else self._recalibration.over(opinion, self.manifest)

    def placed(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with how familiar its image is, and with what ran the network if not the reference."""
        if self.envelope is not None:
            opinion = self.envelope.about(opinion, seen.distance, seen.prepared)
        opinion = with_transparency(opinion, seen.image)
        return replace(opinion, model={**opinion.model, **self.runs_with}) if self.runs_with else opinion

    def advised(self, opinion: Opinion, seen: Seen) -> Opinion:
        """The opinion with what every adviser adds."""
        for adviser in self._advisers:
            opinion = adviser.advise(opinion, seen)
        return opinion

    def read_many(self, paths: Iterable[Path], *, batch: int = LARGEST_BATCH) -> Iterator[Reading | Failure]:
        """Readings in the order of `paths`, each as soon as its batch is done; the first batch is one file.

        Args:
            paths: files; those that cannot be read give a `Failure`.
            batch: largest number of images in memory at once.
        """
        waiting: list[Image | Failure] = []
        sources: list[str] = []
        named: deque[str] = deque()
        size = 1
        held = 0
        files = _named(paths, named)
        for image in chain(decoded(islice(files, 1)), decoded(files, ahead=DECODED_AHEAD)):
            sources.append(named.popleft())
            waiting.append(Failure(sources[-1], str(image)) if isinstance(image, UnreadableFile) else image)
            held += image.pixels.nbytes if isinstance(image, Image) else 0
            if len(waiting) >= size or held >= LARGEST_BYTES:
                yield from self._flush(waiting, sources)
                waiting, sources, size, held = [], [], min(2 * size, batch), 0
        yield from self._flush(waiting, sources)

    def _flush(self, waiting: list[Image | Failure], sources: list[str]) -> Iterator[Reading | Failure]:
        pairs = [(one, name) for one, name in zip(waiting, sources, strict=True) if isinstance(one, Image)]
        opinions = iter(self.read_images([image for image, _ in pairs], [name for _, name in pairs]))
        for one in waiting:
            yield one if isinstance(one, Failure) else Reading(next(opinions), one)


def _named(paths: Iterable[Path], named: deque[str]) -> Iterator[Path]:
    """The same paths; their names as the user gave them are noted as each is taken."""
    for path in paths:
        named.append(str(path))
        yield Path(path)
