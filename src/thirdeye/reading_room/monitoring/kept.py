"""Monitoring is computed when something has changed, and kept until then."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, func, select

from thirdeye.case.study import Study
from thirdeye.errors import ThirdEyeError
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.stream import Stream, new_stream
from thirdeye.inference.stream_start import start_of_stream, told_of_stream
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.monitoring.columns import FROM
from thirdeye.reading_room.monitoring.rows import watched
from thirdeye.reading_room.monitoring.watch import Monitoring, watch
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.room import Room, instant
from thirdeye.reading_room.store.tables import DECISION, OPINION, OUTCOME, PLANTED, READING, STUDY

MOST_KEPT = 16
_KEPT: OrderedDict[Any, Monitoring] = OrderedDict()
_LOCK = Lock()


def monitoring_of(room: Room, study: int, *, days: int | None = None, call_from: float = FROM) -> Monitoring:
    """What is watched of a study.

    Args:
        room: open.
        study: its number.
        days: up to now; None: all.
        call_from: see `thirdeye.reading_room.monitoring.columns.comparable`.
    """
    since = "" if days is None else instant(room.clock() - timedelta(days=days))
    with room.database.reading() as connection:
        key = (room.settings.database_url, study, since[:10], call_from, _state(connection))
        with _LOCK:
            if key in _KEPT:
                _KEPT.move_to_end(key)
                return _KEPT[key]
        rows = watched(connection, study, since=since[:10])
        model = connection.execute(select(STUDY.c.model_sha256).where(STUDY.c.id == study)).scalar_one()
    found = watch(rows, *_stream(room, str(model)), call_from=call_from)
    with _LOCK:
        _KEPT[key] = found
        while len(_KEPT) > MOST_KEPT:
            _KEPT.popitem(last=False)
    return found


def _state(connection: Connection) -> tuple[int, ...]:
    """Changes whenever something is added that monitoring rests on."""
    tables = (READING, DECISION, OUTCOME, PLANTED)
    last = [connection.execute(select(func.max(table.c.id))).scalar() or 0 for table in tables]
    ready = select(func.count()).select_from(OPINION).where(OPINION.c.state == READY)
    return (*last, int(connection.execute(ready).scalar_one()))


def _stream(room: Room, model: str) -> tuple[Stream, str | None]:
    """The stream of a model before its first case; without its folder, with nothing to compare with."""
    for path in room.settings.studies:
        try:
            form = manifest_form(Study(path))
            if digest(form) == model:
                return start_of_stream(Study(path), form), told_of_stream(form).get("class")
        except ThirdEyeError:
            continue
    return new_stream(model, {}), None
