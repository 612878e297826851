"""Several readers on the same images: decoded once, opinions side by side, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.errors import UsageError
from thirdeye.inference.readers import open_reader
from thirdeye.inference.second_opinion import Failure, Reading, SecondReader


@dataclass(frozen=True)
class Agreement:
    """Whether readers say the same of one image.

    Args:
        agree: None where they cannot be compared.
        said: one sentence.
    """

    agree: bool | None
    said: str

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"agree": self.agree, "said": self.said}


@dataclass(frozen=True)
class SideBySide:
    """Opinions of several readers on one image.

    Args:
        source: the file as the user named it.
        opinions: one per reader, in their order.
        image: what all were shown.
        agreement: between them.
    """

    source: str
    opinions: tuple[Opinion, ...]
    image: Image
    agreement: Agreement

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form: what `Opinion.as_json` gives of each, and the agreement."""
        return {
            "source": self.source,
            "opinions": [opinion.as_json() for opinion in self.opinions],
            "agreement": self.agreement.as_json(),
        }


class Together:
    """Readers of whole images that read the same files.

    Args:
        readers: two or more.

    Raises:
        UsageError: there are fewer than two.
    """

    def __init__(self, readers: Sequence[SecondReader]) -> None:
        if len(readers) < 2:
            raise UsageError(f"reading together needs two readers, got {len(readers)}")
        self.readers = tuple(readers)

    @classmethod
    def load(cls, studies: Sequence[Path], **options: Any) -> Together:
        """The readers of several studies.

        Args:
            studies: folders.
            options: of `SecondReader.load`, for each of them.

        Raises:
            UsageError: one says where something is, or there are fewer than two.
            StudyMismatch: as of `SecondReader.load`.
        """
        readers = [open_reader(study, **options) for study in studies]
        whole = [reader for reader in readers if isinstance(reader, SecondReader)]
        if len(whole) < len(readers):
            odd = next(s for s, reader in zip(studies, readers, strict=True) if reader not in whole)
            raise UsageError(
                f"readers of whole images can be put side by side; the study '{odd.name}' says where "
                "something is: read with it alone"
            )
        return cls(whole)

    def read_images(self, images: list[Image], sources: list[str]) -> list[SideBySide]:
        """Opinions of every reader on images in memory."""
        of_each = [reader.read_images(images, sources) for reader in self.readers]
        return [
            SideBySide(source, opinions, image, agreement(opinions))
            for source, image, opinions in zip(sources, images, zip(*of_each, strict=True), strict=True)
        ]

    def read_many(self, paths: Iterable[Path]) -> Iterator[SideBySide | Failure]:
        """What all readers say of files, in their order; each file is decoded once."""
        first, others = self.readers[0], self.readers[1:]
        for one in first.read_many(paths):
            yield one if isinstance(one, Failure) else _beside(one, others)


def _beside(reading: Reading, others: Sequence[SecondReader]) -> SideBySide:
    first = reading.opinion
    more = (reader.read_images([reading.image], [first.source])[0] for reader in others)
    opinions = (first, *more)
    return SideBySide(first.source, opinions, reading.image, agreement(opinions))


def agreement(opinions: Sequence[Opinion]) -> Agreement:
    """Whether opinions on one image say the same, in one sentence.

    Readers of the same question agree when they name the same class, and where they decide between two, when
    they also fall on the same side at every operating point that they share. An abstention is no agreement.
    """
    silent = sum(opinion.abstained is not None for opinion in opinions)
    n = len(opinions)
    if silent == n:
        return Agreement(None, f"None of the {n} readers gives an opinion.")
    if silent:
        return Agreement(None, f"{silent} of {n} readers give no opinion; see why.")
    questions = {(one.task, one.positive, tuple(sorted(one.probabilities))) for one in opinions}
    if len(questions) > 1:
        return Agreement(None, "The readers answer different questions, so they are not compared.")
    differing = _differing(opinions)
    if differing:
        return Agreement(False, f"The {n} readers disagree: {'; '.join(differing)}.")
    who = "Both" if n == 2 else f"All {n}"
    return Agreement(True, f"{who} readers say the same. They may be misled by the same thing.")


def _differing(opinions: Sequence[Opinion]) -> list[str]:
    """What they say differently, as parts of a sentence."""
    points = [{one.operating_point: one.positive for one in opinion.verdicts} for opinion in opinions]
    shared = [name for name in points[0] if all(name in one for one in points)]
    found = []
    for name in shared:
        yes = sum(one[name] for one in points)
        if 0 < yes < len(opinions):
            found.append(f"{yes} of {len(opinions)} say positive at {name}")
    named = [opinion.predicted or "nothing" for opinion in opinions]
    if not shared and len(set(named)) > 1:
        found.append(" against ".join(named))
    return found
