"""An upload in several requests: files laid down one after another, by one person, until it is handed in."""

from __future__ import annotations

import re
import threading

from thirdeye.reading_room.arrivals.staged import Staging
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room

_NAME = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
_MOST_OPEN = 64
_open: dict[tuple[str, str], tuple[int, Staging]] = {}  # room and name to whose it is
_lock = threading.Lock()

Batch = Staging


def open_batch(room: Room, person: int, name: str) -> Staging:
    """A new batch, or one that this person has begun.

    Args:
        person: who uploads.
        name: of a batch that was begun; "": a new one.

    Raises:
        Refusal: 404 it is not theirs, or has been handed in.
    """
    where = str(room.settings.folder)
    with _lock:
        if name:
            found = _open.get((where, name)) if _NAME.fullmatch(name) else None
            if found is None or found[0] != person:
                raise Refusal(404, "no_such_arrival", action="arrival.refused")
            return found[1]
        made = Staging(room)
        while len(_open) >= _MOST_OPEN:  # begun and never handed in
            _open.pop(next(iter(_open)))[1].clear()
        _open[(where, made.name)] = (person, made)
        return made


def close_batch(room: Room, batch: Staging) -> None:
    """It has been handed in: nothing more is added."""
    with _lock:
        _open.pop((str(room.settings.folder), batch.name), None)
