"""Pictures of an opinion, and the two places they go to: an HTML page and a folder of PNG files."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.case.opinion import Opinion
from thirdeye.errors import StageFailed
from thirdeye.explanation.overlay import RAMP, display, overlay, place_on, png_bytes, with_colour_bar
from thirdeye.explanation.past_pictures import PastPictures
from thirdeye.explanation.probability_pictures import probability_pictures
from thirdeye.inference.located import LocatedReading
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opinion_html import page_case, page_failure, page_foot, page_head, page_located
from thirdeye.inference.reader_words import question
from thirdeye.inference.second_opinion import Failure, Reading


@dataclass(frozen=True)
class Pictures:
    """PNG contents.

    Args:
        plain: the image as a person sees it.
        overlay: the same under the heat map; None where there is no map, or it failed its exam.
        overlay_with_bar: with the colour bar at its side.
    """

    plain: bytes
    overlay: bytes | None
    overlay_with_bar: bytes | None


def pictures_of(reading: Reading, manifest: Manifest, *, failed_too: bool = False) -> Pictures:
    """The pictures of one reading.

    A map that failed the sanity check is not drawn: it would be taken for evidence. It is only where
    `failed_too`, for a person who asked for this very method; the opinion then warns.
    """
    picture = display(reading.image, intensity=manifest.input["intensity"])
    heat = reading.opinion.heat_map
    if heat is None or (heat.passed_sanity is False and not failed_too):
        return Pictures(png_bytes(picture), None, None)
    values = place_on(heat.values, reading.image, *picture.shape[:2], wanted=manifest.input)
    painted = overlay(picture, values)
    return Pictures(png_bytes(picture), png_bytes(painted), png_bytes(with_colour_bar(painted)))


def ramp_colours() -> list[tuple[int, int, int]]:
    """Colours of heat maps from low to high."""
    return [(int(red), int(green), int(blue)) for red, green, blue in RAMP]


class OpinionPage:
    """An HTML page that grows case by case and appears when it is complete.

    Args:
        path: file to write.
        manifest: of the reader, of whatever task.
        past: pictures of past cases; None: none are shown.
        names: of the classes; the opinions come with them already.
    """

    def __init__(
        self, path: Path, manifest: Manifest | Any, past: PastPictures | None = None,
        names: ClassNames = UNNAMED,
    ) -> None:  # fmt: skip
        self._path = path
        self._draft = path.with_name(f".{path.name}.part")
        self._last: Opinion | None = None
        self._ramp = ramp_colours()
        self._past = past
        try:
            self._stream = self._draft.open("w", encoding="utf-8")
        except OSError as error:
            raise self._unwritten(error) from error
        positive = getattr(manifest, "positive", None)
        subtitle = question(
            manifest.task, [names.of(one) for one in manifest.classes],
            positive=None if positive is None else names.of(positive),
        )  # fmt: skip
        self._write(page_head(title="Second opinion", subtitle=subtitle))

    def add(self, one: Reading | Failure, pictures: Pictures | None) -> None:
        """Write one case; `pictures` is None for a failure."""
        if isinstance(one, Failure) or pictures is None:
            self._write(page_failure(one.source, one.error) if isinstance(one, Failure) else "")
            return
        self._last = one.opinion
        thumbnails = {} if self._past is None else self._past.of(one.opinion)
        self._write(
            page_case(
                one.opinion, picture=pictures.plain, overlay=pictures.overlay, ramp=self._ramp,
                thumbnails=thumbnails,
            )
        )  # fmt: skip

    def add_located(self, one: LocatedReading | Failure) -> None:
        """Write one case of a reader that says where something is."""
        if isinstance(one, Failure):
            self._write(page_failure(one.source, one.error))
            return
        self._last, drawn = one.opinion, one.picture()
        self._write(page_located(one.opinion, picture=png_bytes(drawn.pixels), caption=drawn.caption))

    def __enter__(self) -> OpinionPage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._drop()

    def _finish(self) -> None:
        self._write(page_foot(last=self._last))
        try:
            self._stream.close()
            self._draft.replace(self._path)
        except OSError as error:
            raise self._unwritten(error) from error

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except OSError as error:
            self._drop()
            raise self._unwritten(error) from error

    def _drop(self) -> None:
        """No draft is left; a full disk is told by whoever wrote."""
        with suppress(OSError):
            self._stream.close()
        self._draft.unlink(missing_ok=True)

    def _unwritten(self, error: OSError) -> StageFailed:
        return StageFailed(f"cannot write the page {self._path}: {error.strerror}; choose another --html")


class MapFolder:
    """A folder of results: heat maps as PNG files, or what a reader found where.

    Args:
        folder: made where it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StageFailed(
                f"cannot make the folder {folder}: {error.strerror}; choose another --out"
            ) from error

    def add(self, opinion: Opinion, pictures: Pictures) -> str | None:
        """Write the map of one case and return its file name; None where there is no map."""
        name = f"{self._stem(opinion.source)}.png"
        if pictures.overlay_with_bar is None:
            return None
        return self._written(name, pictures.overlay_with_bar)

    def add_located(self, one: LocatedReading | Failure) -> tuple[str, ...]:
        """Write what was found in one case, and return the names of the files."""
        if isinstance(one, Failure):
            return ()
        stem = self._stem(one.opinion.source)
        names = one.write(self._folder, stem)
        if (maps := getattr(one, "probabilities", None)) is None:
            return names
        drawn = probability_pictures(getattr(one, "item"), maps, stem)  # noqa: B009 - maps belong to an item
        return (*names, *(self._written(name, content) for name, content in drawn))

    def _written(self, name: str, content: bytes) -> str:
        try:
            (self._folder / name).write_bytes(content)
        except OSError as error:
            raise StageFailed(f"cannot write {name} into {self._folder}: {error.strerror}") from error
        return name

    def _stem(self, source: str) -> str:
        """A number, so that no two are alike, and the name as far as every computer can write it."""
        self._number += 1
        name = Path(source).name
        plain = name[: -len(".nii.gz")] if name.lower().endswith(".nii.gz") else Path(name).stem
        stem = re.sub(r"[^\w.-]+", "_", plain, flags=re.ASCII).strip("._")[:60]
        return f"{self._number:04d}_{stem or 'image'}"
