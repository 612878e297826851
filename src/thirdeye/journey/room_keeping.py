"""Looking after a reading room from the terminal: verify, back up, restore, take the audit away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.errors import UsageError

if TYPE_CHECKING:
    from thirdeye.reading_room.audit.verify import Verification
    from thirdeye.reading_room.room import Room

_IN_STUDY = "reading_room"


def room_folder(path: Path) -> Path:
    """The folder of a room, given itself or the study that it lies in.

    Raises:
        UsageError: there is no room.
    """
    for folder in (path, path / _IN_STUDY):
        if (folder / "room.key").is_file():
            return folder
    raise UsageError(f"there is no reading room in '{path.name}'; give its folder, or that of its study")


def verify_room(path: Path, *, database: str | None = None, anchors: tuple[Path, ...] = ()) -> Verification:
    """Whether the audit of a room is whole.

    Args:
        path: folder of the room, or of its study.
        database: URL of a store elsewhere.
        anchors: files of anchors kept elsewhere; those beside the store are looked at in any case.

    Raises:
        UsageError: there is no room, or a file is none of anchors.
    """
    from thirdeye.reading_room.audit.anchors import ANCHOR_FILE, anchors_in
    from thirdeye.reading_room.audit.verify import verify

    folder = room_folder(path)
    own = folder / ANCHOR_FILE
    known = [one for file in (*([own] if own.exists() else []), *anchors) for one in anchors_in(file)]
    with _opened(folder, database) as room, room.database.reading() as connection:
        return verify(connection, room.key, known)


def export_audit(path: Path, out: Path, *, database: str | None = None) -> int:
    """Write the whole audit of a room: CSV by the ending ``.csv``, else lines of JSON.

    Returns:
        The number of entries.
    """
    from thirdeye.reading_room.audit.entries import Wanted, as_csv, as_json_lines, entries

    with _opened(room_folder(path), database) as room, room.database.reading() as connection:
        rows = entries(connection, Wanted())[::-1]
    text = as_csv(rows) if out.suffix == ".csv" else "".join(as_json_lines(rows))
    out.write_text(text, encoding="utf-8")
    return len(rows)


def backup_room(path: Path, destination: Path, *, database: str | None = None) -> dict[str, Any]:
    """Copy a room, which may be open; see `thirdeye.reading_room.store.backup.backup`."""
    from thirdeye.reading_room.room import instant
    from thirdeye.reading_room.store.backup import backup

    return backup(room_folder(path), destination, database=database, at=instant(datetime.now(UTC)))


def restore_room(source: Path, folder: Path) -> dict[str, Any]:
    """Bring a room back from a copy; see `thirdeye.reading_room.store.backup.restore`."""
    from thirdeye.reading_room.store.backup import restore

    return restore(source, folder)


@contextmanager
def _opened(folder: Path, database: str | None) -> Iterator[Room]:
    from thirdeye.reading_room.room import Room
    from thirdeye.reading_room.settings import Settings

    room = Room.open(Settings(folder=folder, database=database))
    try:
        yield room
    finally:
        room.close()
