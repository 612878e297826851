"""How far the readers of a reader study have come; never what they said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from thirdeye.reading_room.reader_studies.lists import steps
from thirdeye.reading_room.store.tables import PLACE, READER_STUDY, STUDY_READING


@dataclass(frozen=True)
class Progress:
    """Of one reader.

    Args:
        reader: as the design calls them.
        done, total: steps.
        last: instant of the last lock; None before the first.
    """

    reader: str
    done: int
    total: int
    last: str | None


def reader_studies(connection: Connection) -> list[Row[Any]]:
    """All reader studies, the newest first."""
    return list(connection.execute(select(READER_STUDY).order_by(READER_STUDY.c.id.desc())))


def studies_of(connection: Connection, person: int) -> list[Row[Any]]:
    """The reader studies in which somebody reads."""
    own = select(PLACE.c.reader_study_id).where(PLACE.c.person_id == person)
    wanted = select(READER_STUDY).where(READER_STUDY.c.id.in_(own)).order_by(READER_STUDY.c.id.desc())
    return list(connection.execute(wanted))


def progress(connection: Connection, study: Row[Any]) -> tuple[Progress, ...]:
    """Every reader of a study, in the order of their names."""
    places = connection.execute(
        select(PLACE.c.reader, PLACE.c.arm, func.count().label("n"))
        .where(PLACE.c.reader_study_id == study.id)
        .group_by(PLACE.c.reader, PLACE.c.arm)
    )
    total: dict[str, int] = {}
    for row in places:
        total[row.reader] = total.get(row.reader, 0) + row.n * len(steps(study.design, row.arm))
    locked = connection.execute(
        select(PLACE.c.reader, func.count().label("n"), func.max(STUDY_READING.c.locked_at).label("last"))
        .join(STUDY_READING, STUDY_READING.c.place_id == PLACE.c.id)
        .where(PLACE.c.reader_study_id == study.id)
        .group_by(PLACE.c.reader)
    )
    done = {row.reader: row for row in locked}
    return tuple(
        Progress(name, done[name].n if name in done else 0, total[name],
                 done[name].last if name in done else None)
        for name in sorted(total)
    )  # fmt: skip
