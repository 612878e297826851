"""A reading room opened for one errand of the command line, and closed again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from thirdeye.errors import UsageError

if TYPE_CHECKING:
    from thirdeye.reading_room.room import Room


@contextmanager
def opened(folder: Path, *, studies: Sequence[Path] = (), database: str | None = None) -> Iterator[Room]:
    """A room that exists already; it may be served at the same time.

    Args:
        folder: of the room, as `thirdeye serve --room` made it.
        studies: folders of studies that are asked about.
        database: URL of the store; None: in the folder.

    Raises:
        UsageError: there is no room.
    """
    from thirdeye.reading_room.room import KEY_FILE, Room
    from thirdeye.reading_room.settings import Settings

    if not (folder / KEY_FILE).is_file():
        raise UsageError(f"'{folder.name}' is not the folder of a reading room; thirdeye serve makes one")
    room = Room.open(Settings(folder=folder, studies=tuple(studies), database=database))
    try:
        yield room
    finally:
        room.close()
