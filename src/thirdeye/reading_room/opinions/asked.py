"""What runs in a worker process: a study's reader reads a case; opinion and pictures come back as bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from thirdeye.case.names import ClassNames
from thirdeye.case.study import Study
from thirdeye.case.study_names import names_of
from thirdeye.dicom.folder_index import index_of
from thirdeye.errors import UnreadableFile
from thirdeye.inference.named import named_reading
from thirdeye.inference.opine import ABOUT_HEAT_MAPS
from thirdeye.inference.readers import open_reader
from thirdeye.inference.second_opinion import Failure, SecondReader
from thirdeye.intake.reference import split_selector
from thirdeye.intake.to_read import to_read
from thirdeye.reading_room.opinions.drawn import of_located, others_located
from thirdeye.reading_room.opinions.of_images import of_images, reason

_NOT_READ = "is not read: the reader of this study reads {needed}"
_VOLUMES = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd")


@dataclass(frozen=True)
class Answer:
    """What a reader says of a case.

    Args:
        form: the opinion as JSON: on the whole case where the reader decides cases of several images, else on
            the first image; ``images`` then holds those on the others, and ``looks`` names the pictures of
            each image or slice.
        pictures: name (`opinions.names`) to PNG.
        files: name of a result (a mask) to its content.
        remarks: what is unusual about the images, without a result.
    """

    form: dict[str, Any]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def answered(study: str, model: str, files: list[str], slices: list[bool]) -> Answer:
    """Read a case in this process; the reader is kept for the next.

    Args:
        study: folder.
        model: identity of the reader, so that a changed study is opened again.
        files: of the case's images, in their order.
        slices: which of them are slices of a volume.

    Raises:
        UnreadableFile: the first image cannot be read.
    """
    return ask(_opened(study, model), Path(study), [Path(file) for file in files], slices)


@lru_cache(maxsize=2)
def _opened(study: str, model: str) -> Any:
    return open_reader(Path(study), threads=1)


def ask(reader: Any, study: Path, files: list[Path], slices: Sequence[bool] = ()) -> Answer:
    """Ask a reader about a case.

    Args:
        reader: of `open_reader`.
        study: its folder, where past cases lie.
        files: of the case's images, in their order.
        slices: which of them are slices of a volume; none where nothing is said.

    Raises:
        UnreadableFile: the first image cannot be read, or none is of the kind that the reader reads.
    """
    of_volume = list(slices) or [False] * len(files)
    with tempfile.TemporaryDirectory() as place:
        if getattr(reader, "reads_volumes", False):
            volumes, others = _volumes(files, of_volume, Path(place))
            answer = _located(reader, study, volumes[:1])
            return _unread(answer, "volume", len(volumes) - 1 + others)
        wanted = _planes(files, of_volume)
        return _unread(_of_planes(reader, study, wanted), "planes", len(files) - len(wanted))


def _of_planes(reader: Any, study: Path, wanted: list[tuple[int, Path]]) -> Answer:
    """What a reader of single images says of them."""
    if not isinstance(reader, SecondReader):
        return _located(reader, study, wanted)
    found = of_images(reader, study, wanted)
    if isinstance(found.first, Failure):
        raise UnreadableFile(f"image {wanted[0][0]}", reason(found.first))
    return Answer(found.form(), found.pictures(), {}, _remarks(found.first.opinion))


def _unread(answer: Answer, read: str, number: int) -> Answer:
    """The answer, with how much of the case it says nothing of.

    Args:
        read: "volume" (one alone) or "planes".
        number: volumes, images or files that were not read.
    """
    left = {"unread": {"read": read, "number": number}} if number else {}
    return replace(answer, form={**answer.form, **left})


def _located(reader: Any, study: Path, wanted: list[tuple[int, Path]]) -> Answer:
    """What a reader of places found, in each image."""
    (place, _), *more = wanted
    first, *others = list(reader.read_many([path for _, path in wanted]))
    if isinstance(first, Failure):
        raise UnreadableFile(f"image {place}", reason(first))
    names = names_of(Study(study), reader.manifest.classes)
    pictures, results, looks = of_located(first, named_reading(first, names), place)
    form = {**first.opinion.as_json(), "source": f"image {place}"}
    if others:
        form["images"] = [_other(number, one) for (number, _), one in zip(more, others, strict=True)]
        shown = _shown(more, others, names)
        pictures, looks = {**pictures, **shown[0]}, [*looks, *shown[1]]
    if len(looks) > 1:
        form["looks"] = looks
    return Answer(form, pictures, results, _reasons(first.opinion))


def _shown(
    more: list[tuple[int, Path]], others: list[Any], names: ClassNames
) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    readable = [
        (number, named_reading(one, names))
        for (number, _), one in zip(more, others, strict=True)
        if not isinstance(one, Failure)
    ]
    return others_located(readable)


def _planes(files: list[Path], of_volume: Sequence[bool]) -> list[tuple[int, Path]]:
    """Single images with their numbers from 1."""
    found = [
        (number, path)
        for number, (path, part) in enumerate(zip(files, of_volume, strict=True), 1)
        if not part and not path.name.endswith(_VOLUMES)
    ]
    if not found:
        raise UnreadableFile("image 1", _NOT_READ.format(needed="single images, and this is a volume"))
    return found


def _volumes(files: list[Path], of_volume: Sequence[bool], place: Path) -> tuple[list[tuple[int, Path]], int]:
    """Volumes with the number of their first file, in the order of the case, and how many files are none.

    Slices are laid side by side in a folder for it.
    """
    found = [(number, path) for number, path in enumerate(files, 1) if path.name.endswith(_VOLUMES)]
    slices = [path for path, part in zip(files, of_volume, strict=True) if part]
    for path in slices:
        (place / path.name).symlink_to(path.resolve())
    numbers = {path.name: number for number, path in reversed(list(enumerate(files, 1)))}
    series = [path for path in to_read([place], volumes=True) if "#series=" in path.name]
    found = sorted(found + [(_first_of(path, numbers), path) for path in series])
    lone = [
        (number, path)
        for number, (path, part) in enumerate(zip(files, of_volume, strict=True), 1)
        if not part and path.suffix == ".dcm"
    ]  # a file may hold a whole volume; if not, the reader says so
    found += lone
    if not found:
        raise UnreadableFile("image 1", _NOT_READ.format(needed="volumes, and this is none"))
    none = (not part and not path.name.endswith((*_VOLUMES, ".dcm"))
            for path, part in zip(files, of_volume, strict=True))  # fmt: skip
    return found, sum(none)


def _first_of(series: Path, numbers: Mapping[str, int]) -> int:
    """The number of the first file of the case that is a slice of a series."""
    place, selector = split_selector(str(series))
    stack = index_of(Path(place)).stack(selector.removeprefix("series="))
    return min(numbers[Path(header.file).name] for header in stack.headers)


def _other(number: int, one: Any) -> dict[str, Any]:
    source = f"image {number}"
    if isinstance(one, Failure):
        return {"source": source, "error": reason(one)}
    return {**one.opinion.as_json(), "source": source}


def _remarks(opinion: Any) -> tuple[str, ...]:
    """What is unusual about the image: quality, header, envelope; nothing of what the reader makes of it."""
    said = tuple(one for one in opinion.warnings if one not in ABOUT_HEAT_MAPS)
    return (*said, *_reasons(opinion))


def _reasons(opinion: Any) -> tuple[str, ...]:
    """Why there is no opinion; what a reader of places warns of is about what it found, and stays away."""
    return tuple(opinion.abstained.split("; ")) if opinion.abstained else ()
