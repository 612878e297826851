"""Anchors dropped at intervals while the room is open, and when it closes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from thirdeye.reading_room.audit.anchors import ANCHOR_FILE, drop, head_of
from thirdeye.reading_room.room import Room

_LOG = logging.getLogger("thirdeye.reading_room")


@contextmanager
def keeping(room: Room) -> Iterator[None]:
    """Drop an anchor now, every so many seconds (`Settings.anchor_s`), and at the end.

    Args:
        room: open.
    """
    over = threading.Event()

    def keep() -> None:
        while not over.wait(room.settings.anchor_s):
            try:
                anchor(room)
            except SQLAlchemyError as error:  # a store that is away for a while must not end the anchors
                _LOG.error("the head of the audit cannot be read: %s", type(error).__name__)

    anchor(room)
    thread = threading.Thread(target=keep, name="anchors", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        anchor(room)


def anchor(room: Room) -> bool:
    """Keep the head of the audit in every place that the settings name.

    Returns:
        Whether it is kept everywhere; of a place that cannot be written the log is told, and the room goes
        on.
    """
    with room.database.reading() as connection:
        head = head_of(connection, room.now())
    if head is None:
        return True
    kept = True
    for number, path in enumerate(places(room)):
        try:
            drop(head, [path], syslog=number == 0 and room.settings.anchor_syslog)
        except OSError as error:
            kept = False
            _LOG.error("the head of the audit cannot be kept in place %d: %s", number + 1, error.strerror)
    return kept


def places(room: Room) -> list[Path]:
    """The files in which anchors are kept: beside the store, and elsewhere where the settings say so."""
    elsewhere = room.settings.anchor_file
    return [room.settings.folder / ANCHOR_FILE, *([] if elsewhere is None else [elsewhere])]
