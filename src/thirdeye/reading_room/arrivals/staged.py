"""What comes in is first laid down beside the room's images, under numbers, until it has been sorted out."""

from __future__ import annotations

import json
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import insert, select

from thirdeye.inference.wording import readable
from thirdeye.reading_room.arrivals.files import ending_of
from thirdeye.reading_room.arrivals.states import ARRIVED, UNFINISHED
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import ARRIVAL

_NAMES = "names.json"
_BLOCK = 1 << 20
_LONGEST_NAME = 200


class Staging:
    """A folder of files that came together.

    Args:
        room: open.
        name: of the arrival; None: a new one.
    """

    def __init__(self, room: Room, name: str | None = None) -> None:
        self.name = name or secrets.token_urlsafe(16)
        self._room = room
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()  # two requests may bring files of one arrival
        self._closed = False

    @property
    def count(self) -> int:
        """Files that were laid down."""
        return len(self._names)

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._room.settings.folder / "incoming" / self.name

    @property
    def files(self) -> Path:
        """The files alone."""
        return self.folder / "files"

    def add(self, name: str, stream: IO[bytes]) -> None:
        """Lay down a file.

        Args:
            name: as somebody called it: shown at the check where the file has no header, nowhere else.
            stream: its content.

        Raises:
            Refusal: 404 it has been handed in, or removed.
        """
        with self._laid(name) as place, place.open("xb") as target:
            shutil.copyfileobj(stream, target, _BLOCK)

    def copy(self, paths: Iterable[tuple[str, Path]]) -> None:
        """Lay down copies of files, each with its name; nothing is left of one that cannot be copied."""
        for name, path in paths:
            with self._laid(name) as place:
                shutil.copyfile(path, place)

    @contextmanager
    def _laid(self, name: str) -> Iterator[Path]:
        """The place of the next file, whole or not at all; one at a time."""
        with self._lock:
            self._refuse_closed()
            place = self._next(name)
            try:
                yield place
            except BaseException:
                place.unlink(missing_ok=True)
                del self._names[place.name]
                raise

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Refusal(404, "no_such_arrival", action="arrival.refused")

    def _next(self, name: str) -> Path:
        self.files.mkdir(parents=True, exist_ok=True, mode=0o700)
        plain = readable(name.replace("\\", "/").rpartition("/")[2])[-_LONGEST_NAME:]
        number = f"{len(self._names) + 1:05d}{ending_of(plain)}"
        self._names[number] = plain
        return self.files / number

    def hand_in(
        self, study: int, *, person: int | None, source: str, asked: Mapping[str, Any] | None = None
    ) -> str:
        """The arrival enters the store; from now on a kill loses nothing of it.

        Args:
            study: whose reader gives the second opinion.
            person: who brought it; None: it came by itself.
            source: "upload", "folder", "archive".
            asked: what the person said: ``together``, ``patient``, ``side``, ``priority``.

        Returns:
            Its name.

        Raises:
            Refusal: 404 it has been handed in, or removed.
        """
        with self._lock:
            self._refuse_closed()
            self._enter(study, person, source, asked or {})
            self._closed = True
        return self.name

    def _enter(self, study: int, person: int | None, source: str, asked: Mapping[str, Any]) -> None:
        (self.folder / _NAMES).write_text(json.dumps(self._names), encoding="utf-8")
        with self._room.acting(person) as act:
            act.connection.execute(
                insert(ARRIVAL).values(
                    id=self.name, study_id=study, person_id=person, source=source, state=ARRIVED,
                    files=len(self._names), asked=dict(asked), said={}, at=act.at,
                )
            )  # fmt: skip
            act.record("arrival.received", source=source, files=len(self._names))

    def names(self) -> dict[str, str]:
        """Number of each file to the name that it came with."""
        try:
            form = json.loads((self.folder / _NAMES).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(number): str(name) for number, name in form.items()}

    def clear(self) -> None:
        """The files have been taken in or refused."""
        with self._lock:
            self._closed = True
            shutil.rmtree(self.folder, ignore_errors=True)


def sweep(room: Room) -> None:
    """Remove uploads that were begun and never handed in; at a start nobody is at it any more."""
    folder = room.settings.folder / "incoming"
    if not folder.is_dir():
        return
    with room.database.reading() as connection:
        query = select(ARRIVAL.c.id).where(ARRIVAL.c.state.in_(UNFINISHED))
        wanted = set(connection.execute(query).scalars())
    for left in folder.iterdir():
        if left.name not in wanted:
            shutil.rmtree(left, ignore_errors=True)
