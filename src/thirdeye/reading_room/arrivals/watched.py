"""Watched folders: what comes into them is taken in once it has been quiet for a while.

Nothing in them is changed. What was taken is remembered in the store, by hashes of names.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from pathlib import Path
from types import TracebackType

from sqlalchemy import delete, insert, select

from thirdeye.errors import UsageError
from thirdeye.inference.watch import Folder, State
from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import STUDY, WATCHED

JOURNAL = "received.jsonl"  # lies in a folder that a listener for DICOM writes to
MOST_FILES = 20_000  # of one arrival
_EVERY_S = 2.0
_LONGEST_WAIT_S = 60.0  # for files that are still coming, before the others go ahead
_LOG = logging.getLogger("thirdeye.reading_room")


class Taken(MutableMapping[str, State]):
    """Files that were taken in, kept in the store.

    Args:
        room: open.
        folder: watched.
    """

    def __init__(self, room: Room, folder: Path) -> None:
        self._room, self._folder = room, str(folder.resolve())
        with room.database.reading() as connection:
            rows = connection.execute(select(WATCHED)).all()
        self._known = {row.name_sha256: State(row.bytes, int(row.changed_ns)) for row in rows}

    def __getitem__(self, name: str) -> State:
        return self._known[self._key(name)]

    def __setitem__(self, name: str, state: State) -> None:
        key = self._key(name)
        with self._room.database.writing() as connection:
            connection.execute(delete(WATCHED).where(WATCHED.c.name_sha256 == key))
            connection.execute(
                insert(WATCHED).values(name_sha256=key, bytes=state.size, changed_ns=str(state.changed_ns))
            )
        self._known[key] = state

    def __delitem__(self, name: str) -> None:
        raise NotImplementedError("what was taken in is not forgotten")

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _key(self, name: str) -> str:
        return hashlib.sha256(f"{self._folder}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()


class WatchedFolder:
    """One folder.

    Args:
        room: open.
        study: whose reader gives the second opinion.
        folder: watched.
        sort_out: told of each arrival.
    """

    def __init__(self, room: Room, study: int, folder: Path, sort_out: Callable[[str], None]) -> None:
        self._room, self._study, self._place, self._sort_out = room, study, folder, sort_out
        self._seen = Folder(folder, Taken(room, folder), quiet_s=room.settings.quiet_s)
        self._since: float | None = None
        self._told: set[str] = set()  # files that could not be copied

    def look(self, now: float) -> int:
        """Take in what is complete; how many files that were.

        Args:
            now: seconds of a steady clock.
        """
        names = self._seen.complete(now)[:MOST_FILES]
        if not names:
            self._since = None
            return 0
        self._since = now if self._since is None else self._since
        if self._seen.still_coming and now - self._since < _LONGEST_WAIT_S:
            return 0  # the rest of an examination may be on its way
        self._since = None
        wanted = {name for name in names if self._inside(name)}
        kept = self._hand_in(sorted(wanted, key=names.index))
        for name in names:
            if name in kept or name not in wanted:
                self._seen.finish(name)
        return len(kept)

    def _hand_in(self, names: Sequence[str]) -> set[str]:
        """Bring copies of files as one arrival; those that could be copied. The others are tried again."""
        if not names:
            return set()
        staging, arrival = Staging(self._room), None
        try:
            kept = {name for name in names if self._copied(staging, name)}
            if kept:
                source = "archive" if (self._place / JOURNAL).is_file() else "folder"
                arrival = staging.hand_in(self._study, person=None, source=source)
        finally:
            if arrival is None:
                staging.clear()
        if arrival is not None:
            self._sort_out(arrival)
        return kept

    def _copied(self, staging: Staging, name: str) -> bool:
        """Whether a file could be copied; one of another owner, or that goes meanwhile, cannot."""
        try:
            staging.copy([(name, self._place / name)])
        except (FileNotFoundError, PermissionError) as error:
            if name not in self._told:
                self._told.add(name)
                _LOG.warning("a file of a watched folder cannot be read: %s", type(error).__name__)
            return False
        return True

    def _inside(self, name: str) -> bool:
        """A link may lead elsewhere; only files of the folder itself are taken."""
        path = self._place / name
        return path.is_file() and path.resolve().is_relative_to(self._place.resolve())


class Watch:
    """Looks at watched folders in a thread of its own. Use it in a ``with`` statement.

    Args:
        room: open.
        sort_out: told of each arrival.

    Raises:
        UsageError: there is no such folder or study.
    """

    def __init__(self, room: Room, sort_out: Callable[[str], None]) -> None:
        self._folders = [
            WatchedFolder(room, _study(room, name), _folder(path), sort_out)
            for name, path in room.settings.watched
        ]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="watch", daemon=True)

    def __enter__(self) -> Watch:
        if self._folders:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._folders:
            self._thread.join(timeout=10)

    def _work(self) -> None:
        wait = _EVERY_S
        while not self._stop.wait(wait):
            began = time.monotonic()
            for folder in self._folders:
                try:
                    folder.look(time.monotonic())
                except Exception as error:  # a share that is away for a while must not end the watch
                    _LOG.warning("a watched folder cannot be read: %s", type(error).__name__)
            wait = max(_EVERY_S, 5 * (time.monotonic() - began))


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise UsageError(f"there is no folder '{path.name}' to watch")
    return path


def _study(room: Room, name: str) -> int:
    with room.database.reading() as connection:
        names = [path.resolve().name for path in room.settings.studies]
        rows = connection.execute(select(STUDY.c.id, STUDY.c.name).order_by(STUDY.c.id)).all()
    here = [row for row in rows if row.name in names]
    found = [row.id for row in here if not name or row.name == name]
    if found and (name or len(names) == 1):
        return int(found[-1])  # a model that was made anew comes after the one before
    raise UsageError(
        f"--watch: say which study its files are for, as STUDY=FOLDER; studies here are {', '.join(names)}"
    )
