"""What a reader of whole images says of a case: of all together where it has learnt that, else of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thirdeye.case.opinion import Opinion
from thirdeye.case.study import Study
from thirdeye.inference.fusion.given import CaseFiles
from thirdeye.inference.fusion.model import read_case_model
from thirdeye.inference.fusion.reading import CaseReader
from thirdeye.inference.second_opinion import Failure, Reading, SecondReader
from thirdeye.reading_room.opinions.drawn import heat_layer, mapped, of_image, plain_of
from thirdeye.reading_room.opinions.names import HEAT_MAP, PLAIN, of_place

MOST_PICTURED = 40  # images of a case
MOST_MAPPED = 8  # of them with a heat map each: some methods take many passes


@dataclass(frozen=True)
class OfImages:
    """What was said of a case.

    Args:
        reader: that read it.
        study: its folder.
        numbers: of the images, from 1.
        first: on the whole case, else on its first image.
        about: number of the image that `first` shows.
        singles: on each image by itself.
        whole: whether `first` is decided from all images together.
    """

    reader: SecondReader
    study: Path
    numbers: Sequence[int]
    first: Reading | Failure
    about: int
    singles: Sequence[Reading | Failure]
    whole: bool

    def form(self) -> dict[str, Any]:
        """The opinion as JSON, without the name of a file."""
        form = {**self._first().opinion.as_json(), "source": f"image {self.about}"}
        several = list(zip(self.numbers, self.singles, strict=True))[1:]
        if several and not self.whole:
            form["images"] = [_other(number, one) for number, one in several]
        looks = [
            _look(number, one, about=self.about, first=self._first()) for number, one in self._pictured()
        ]
        return {**form, "looks": looks} if len(looks) > 1 else form

    def pictures(self) -> dict[str, bytes]:
        """Name to PNG: the image that the opinion is about, its heat map, past cases, every other image."""
        made = of_image(self.reader, self.study, self._first())
        for number, one in self._pictured():
            if number == self.about:
                continue
            made[of_place(PLAIN, number)] = plain_of(one, self.reader.manifest)
            if number in self._mapped() and (layer := heat_layer(one, self.reader.manifest)) is not None:
                made[of_place(HEAT_MAP, number)] = layer
        return made

    def _first(self) -> Reading:
        if isinstance(self.first, Failure):
            raise TypeError("there is no opinion, so there is no form of one")
        return self.first

    def _pictured(self) -> list[tuple[int, Reading]]:
        found = [
            (number, one)
            for number, one in zip(self.numbers, self.singles, strict=True)
            if isinstance(one, Reading)
        ]
        last = [entry for entry in found[MOST_PICTURED:] if entry[0] == self.about]
        return found[: MOST_PICTURED - len(last)] + last

    def _mapped(self) -> list[int]:
        return [number for number, _ in self._pictured()[:MOST_MAPPED]]


def of_images(reader: SecondReader, study: Path, wanted: Sequence[tuple[int, Path]]) -> OfImages:
    """Ask a reader about the images of a case.

    Args:
        reader: opened.
        study: its folder.
        wanted: number and file of each image.
    """
    numbers, paths = [number for number, _ in wanted], [path for _, path in wanted]
    singles: list[Reading | Failure] = [
        mapped(reader, study, one) if isinstance(one, Reading) and place < MOST_MAPPED else one
        for place, one in enumerate(reader.read_many(paths))
    ]
    whole = _together(reader, study, wanted) if len(wanted) > 1 else None
    if whole is None:
        return OfImages(reader, study, numbers, singles[0], numbers[0], singles, whole=False)
    about = next((n for n, path in wanted if whole.image.source in (str(path), path.name)), numbers[0])
    return OfImages(reader, study, numbers, mapped(reader, study, whole), about, singles, whole=True)


def _together(reader: SecondReader, study: Path, wanted: Sequence[tuple[int, Path]]) -> Reading | None:
    """The opinion on the whole case; None where the reader has learnt single images, or a file is damaged."""
    model = read_case_model(Study(study), reader.manifest)
    if model is None or model.unit == "image":
        return None
    files = tuple(path for _, path in wanted)
    found = CaseReader(reader, model, Study(study)).read(CaseFiles("case", files, ("",) * len(files)))
    return replace(found, opinion=_nameless(found.opinion, wanted)) if isinstance(found, Reading) else None


def _nameless(opinion: Opinion, wanted: Sequence[tuple[int, Path]]) -> Opinion:
    """The opinion with images called by their numbers."""
    names = {str(path): f"image {number}" for number, path in wanted}

    def said(text: str) -> str:
        for path, name in names.items():
            text = text.replace(path, name)
        return text

    fused = opinion.fused
    return replace(
        opinion,
        warnings=tuple(map(said, opinion.warnings)),
        fused=None
        if fused is None
        else replace(fused, images=tuple(replace(one, source=said(one.source)) for one in fused.images)),
    )


def _look(number: int, one: Reading, *, about: int, first: Reading) -> dict[str, Any]:
    """Which pictures belong to an image, and of what its heat map speaks."""
    own = number == about
    heat = (first if own else one).opinion.as_json()["heat_map"]
    return {
        "image": number,
        "picture": PLAIN if own else of_place(PLAIN, number),
        "map": HEAT_MAP if own else of_place(HEAT_MAP, number),
        "heat_map": heat,
    }


def _other(number: int, one: Any) -> dict[str, Any]:
    source = f"image {number}"
    if isinstance(one, Failure):
        return {"source": source, "error": reason(one)}
    said = one.opinion
    return {
        "source": source, "probabilities": dict(said.probabilities), "predicted": said.predicted,
        "abstained": said.abstained,
    }  # fmt: skip


def reason(one: Failure) -> str:
    """Why a file could not be read, without its name."""
    said = one.error
    for name in (one.source, Path(one.source).name):
        said = said.replace(name, "the image")
    return said.removeprefix("the image: ")
