"""The job that sorts an arrival out: files are looked at and decoded, examinations taken in or kept back."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Row, select, update

from thirdeye.intake.workers import Lost, Task, each, limit_for
from thirdeye.reading_room.arrivals.archives import unpack_all
from thirdeye.reading_room.arrivals.enter import Entered, came_as, enter
from thirdeye.reading_room.arrivals.examinations import Examination, Part, Sorted, sort_out
from thirdeye.reading_room.arrivals.looked import Looked, decode, look
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.arrivals.states import BROKEN_OFF, DONE, FINISHED, WORKING
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import ARRIVAL

_NOTED_S = 0.5  # how often progress is noted
_LOOK_S = 30.0
KEPT_BACK_FILES = "kept_back_files"  # in what is said of an arrival
MOST_NAMED = 10  # of them


def process_arrival(room: Room, arrival: str) -> list[tuple[str, int]]:
    """Sort an arrival out.

    Args:
        arrival: its name.

    Returns:
        Cases whose opinion is to be made, each with its priority.
    """
    with room.database.reading() as connection:
        row = connection.execute(select(ARRIVAL).where(ARRIVAL.c.id == arrival)).first()
    if row is None or row.state in FINISHED:
        return []
    staging = Staging(room, arrival)
    told = _Told(room, arrival)
    told.now(step="unpacking")
    refused = unpack_all(staging.files)
    looked = list(_looked(staging.files, told))
    found = sort_out(looked, together=bool(row.asked.get("together")))
    entered = list(_entered(room, row, staging, found, told))
    named = {} if row.person_id is None else _kept_back(found, entered, staging.names())
    told.end(_summary(found, entered, refused) | named)
    staging.clear()
    return [(one.case, one.priority) for one in entered if one.needs_opinion]


def fail_arrival(room: Room, arrival: str) -> None:
    """A job that broke off: what it had taken in stays, the rest is gone; somebody has to bring it again."""
    with room.acting(None) as act:
        act.connection.execute(
            update(ARRIVAL).where(ARRIVAL.c.id == arrival).values(state=BROKEN_OFF, done_at=act.at)
        )
        act.record("arrival.failed", arrival=arrival)
    Staging(room, arrival).clear()


def _looked(folder: Path, told: _Told) -> Iterator[Looked]:
    files = sorted(_files(folder))
    tasks = (Task((folder, file), _LOOK_S) for file in files)
    with closing(each(look, tasks)) as answers:
        for number, (file, answer) in enumerate(zip(files, answers, strict=True), 1):
            told.soon(step="looking", done=number, of=len(files))
            lost = isinstance(answer, Lost)
            yield Looked(file, "dicom", trouble="unreadable", detail=answer.reason) if lost else answer


def _files(folder: Path) -> Iterator[str]:
    for current, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        for name in names:
            path = Path(current) / name
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix()


def _entered(room: Room, row: Row[Any], staging: Staging, found: Sorted, told: _Told) -> Iterator[Entered]:
    names = staging.names()
    for number, examination in enumerate(found.examinations, 1):
        told.soon(step="decoding", done=number, of=len(found.examinations))
        is_hopeless = examination.trouble in ("unreadable", "bad_uid")
        images: list[dict[str, Any] | Lost] | None = None
        if not is_hopeless:
            examination, images = _slice_by_slice(
                staging.files, examination, _decoded(staging.files, examination)
            )
        yield enter(room, row, staging.files, examination, images, names)


def _slice_by_slice(
    folder: Path, examination: Examination, images: list[dict[str, Any] | Lost]
) -> tuple[Examination, list[dict[str, Any] | Lost]]:
    """Series that make no volume (gaps, repeated positions, colour) are shown slice by slice, and said so."""
    parts: list[Part] = []
    found: list[dict[str, Any] | Lost] = []
    for part, image in zip(examination.parts, images, strict=True):
        if not (isinstance(image, Lost) and part.selector):
            parts.append(part)
            found.append(image)
            continue
        slices = tuple(Part("plane", (one,), one.file) for one in part.looked)
        parts.extend(slices)
        found.extend(_decoded(folder, replace(examination, parts=slices)))
    if len(parts) == len(examination.parts):
        return examination, images
    remarks = (*examination.remarks, "warning_gap")
    return replace(examination, parts=tuple(parts), remarks=remarks), found


def _decoded(folder: Path, examination: Examination) -> list[dict[str, Any] | Lost]:
    tasks = [
        Task((folder, _decoded_of(part)), sum(limit_for(folder / one.file) for one in part.looked))
        for part in examination.parts
    ]
    with closing(each(decode, tasks)) as answers:
        return list(answers)


def _decoded_of(part: Part) -> str:
    """Of a cine the first frame, else all of it."""
    return f"{part.reference}#frame=0" if part.frames > 1 and part.kind == "plane" else part.reference


def _summary(found: Sorted, entered: Sequence[Entered], refused: Sequence[str]) -> dict[str, Any]:
    return {
        "cases": sum(one.state == "new" for one in entered),
        "again": sum(one.state == "again" for one in entered),
        "grown": sum(one.state == "grown" for one in entered),
        "kept_back": sum(one.state == "kept_back" for one in entered),
        "left_aside": found.left_aside, "copies": found.copies, "refused": list(refused),
    }  # fmt: skip


def _kept_back(found: Sorted, entered: Sequence[Entered], names: Mapping[str, str]) -> dict[str, Any]:
    """The files that are kept back, each with the reason; their names are for whoever brought them alone."""
    files = [
        [came_as(one.file, names), became.reason]
        for examination, became in zip(found.examinations, entered, strict=True)
        if became.state == "kept_back"
        for part in examination.parts
        for one in part.looked
    ]
    return {KEPT_BACK_FILES: files[:MOST_NAMED], "kept_back_more": max(len(files) - MOST_NAMED, 0)}


class _Told:
    """How far an arrival is, for whoever waits."""

    def __init__(self, room: Room, arrival: str) -> None:
        self._room, self._arrival, self._last = room, arrival, 0.0

    def now(self, **said: Any) -> None:
        """Note it."""
        self._last = monotonic()
        with self._room.database.writing() as connection:
            connection.execute(
                update(ARRIVAL).where(ARRIVAL.c.id == self._arrival).values(state=WORKING, said=said)
            )

    def soon(self, **said: Any) -> None:
        """Note it, unless it was noted just now."""
        if monotonic() - self._last > _NOTED_S:
            self.now(**said)

    def end(self, said: dict[str, Any]) -> None:
        """All is sorted out."""
        with self._room.acting(None) as act:
            act.connection.execute(
                update(ARRIVAL)
                .where(ARRIVAL.c.id == self._arrival)
                .values(state=DONE, said=said, done_at=act.at)
            )
            counts: dict[str, Any] = {name: value for name, value in said.items() if isinstance(value, int)}
            act.record("arrival.sorted_out", arrival=self._arrival, **counts, refused=len(said["refused"]))
