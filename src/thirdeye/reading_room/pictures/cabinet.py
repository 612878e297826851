"""Where frames are kept once they are ready: each file is decoded once, by a worker process with limits."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.errors import UnreadableFile
from thirdeye.intake.workers import Lost, Task, call, each, limit_for, usual_count
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.pictures.intact import intact
from thirdeye.reading_room.pictures.look import NAME, Kind, Seen, rendered, rendered_parts, seen
from thirdeye.reading_room.pictures.room_left import make_room
from thirdeye.reading_room.pictures.stack import Stack, hung
from thirdeye.reading_room.pictures.tile import tile

VERSION = 2  # of what is kept; another one is made anew
MOST_BYTES = 20 * 1024**3
_AT_A_TIME = 8  # frames of a cine that are made ready in one call
_LOCKS = tuple(threading.Lock() for _ in range(64))
_DECODING = threading.BoundedSemaphore(usual_count())


@dataclass(frozen=True)
class Held:
    """What a file holds: see `Seen`."""

    kind: Kind
    frames: int
    parts: tuple[str, ...] = ()


class Cabinet:
    """Frames that are ready.

    Args:
        images: folder of the images of the room, named by hashes.
        kept: folder of what is ready; it may be emptied at any time.
    """

    def __init__(self, images: Path, kept: Path) -> None:
        self._images = images
        self._kept = kept

    def make_room(self) -> None:
        """Let go of the frames that were used the longest ago, beyond `MOST_BYTES`."""
        make_room(self._kept, MOST_BYTES)

    def stacks(self, files: Sequence[str]) -> list[Stack]:
        """How the files of a case are hung; those that cannot be read are left out.

        Raises:
            Changed: one of them is no longer the one that came.
        """
        path = self._kept / f"{digest([VERSION, list(files)])}.json"
        with _lock(path.name):
            try:
                forms = json.loads(path.read_bytes())
            except FileNotFoundError:
                forms = [stack.as_json() for stack in hung(self._looked(files))]
                _write(path, json.dumps(forms).encode())
            return [_stack(form) for form in forms]

    def held(self, file: str) -> Held:
        """What a file holds.

        Raises:
            UnreadableFile: it cannot be decoded.
        """
        path = self._named(file, "held", "json")
        try:
            kind, frames, parts = json.loads(path.read_bytes())
        except FileNotFoundError:  # never looked at, or let go of to make room
            (found,) = self._looked([file])
            if found is None:
                raise UnreadableFile(NAME, "cannot be shown") from None
            return Held(found.kind, found.frames, tuple(found.parts))
        return Held(kind, frames, tuple(parts))

    def values(self, file: str, frame: int) -> Path:
        """The file with the packed values of a frame.

        Raises:
            UnreadableFile: it cannot be decoded.
        """
        return self._ready(file, frame, "z")

    def preview(self, file: str, frame: int) -> Path:
        """The PNG of a frame; arguments and errors as of `values`."""
        return self._ready(file, frame, "png")

    def tile(self, file: str, level: int, column: int, row: int) -> Path:
        """The JPEG of a tile of a slide, see `thirdeye.reading_room.pictures.tile.tile`."""
        path = self._named(file, f"{level}-{column}-{row}", "jpg")
        if not path.exists():
            source = self._images / file
            with _DECODING:
                _write(path, call(tile, source, level, column, row, name=NAME, limit_s=limit_for(source)))
        return path

    def _ready(self, file: str, frame: int, ending: str) -> Path:
        path = self._named(file, str(frame), ending)
        if not path.exists():
            held = self.held(file)
            if not 0 <= frame < held.frames:
                raise UnreadableFile(NAME, f"has frames 0 to {held.frames - 1}")
            with _lock(file):
                if not path.exists():
                    self._make(file, held, frame)
        return path

    def _make(self, file: str, held: Held, frame: int) -> None:
        source = intact(self._images / file.partition("#")[0])
        first = 0 if held.kind == "volume" else frame
        with _DECODING:
            if held.parts:
                paths = [source / part for part in held.parts[first : first + _AT_A_TIME]]
                limit_s = sum(limit_for(path) for path in paths)
                frames = call(rendered_parts, paths, name=NAME, limit_s=limit_s)
            else:
                arguments = (source, held.kind, first, _AT_A_TIME)
                frames = call(rendered, *arguments, name=NAME, limit_s=limit_for(source))
        for number, sent in enumerate(frames, start=first):
            _write(self._named(file, str(number), "png"), sent.preview)
            _write(self._named(file, str(number), "z"), sent.values)

    def _looked(self, files: Sequence[str]) -> list[Seen | None]:
        """What files hold, noted; None for one that cannot be read."""
        tasks = [Task((path,), limit_for(path)) for path in (intact(self._images / file) for file in files)]
        with _DECODING:
            found = [None if isinstance(one, Lost) else one for one in each(seen, tasks, count=1)]
        for file, one in zip(files, found, strict=True):
            if one is not None:
                form = [one.kind, one.frames, list(one.parts)]
                _write(self._named(file, "held", "json"), json.dumps(form).encode())
        return found

    def _named(self, file: str, part: str, ending: str) -> Path:
        stem = file.partition(".")[0]
        if "#" in file:
            stem = f"{stem}-{file.rpartition('=')[2]}"
        return self._kept / stem[:2] / f"{stem}.{VERSION}.{part}.{ending}"


def _stack(form: dict[str, Any]) -> Stack:
    frames = tuple((int(at), int(frame)) for at, frame in form["frames"])
    return Stack(**{**form, "frames": frames, "spacing_mm": tuple(form["spacing_mm"])})


def _lock(key: str) -> threading.Lock:
    return _LOCKS[hash(key) % len(_LOCKS)]


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        half.write_bytes(content)
        os.replace(half, path)  # noqa: PTH105 - one call, atomic
    finally:
        with suppress(FileNotFoundError):
            half.unlink()
