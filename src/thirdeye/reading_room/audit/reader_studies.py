"""Reader studies as the store has them, held against what the audit says of them.

A locked step is sealed by the digest of what was locked (`reader_study.locked`), a place by the entry of its
opening, and the lists as a whole by the entry of the study. So steps that were locked by an earlier version
are looked at like those of today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.store.tables import AUDIT, PLACE, READER_STUDY, STUDY_READING

ENTERED, OPENED, LOCKED, CLOSED = (
    f"reader_study.{done}" for done in ("entered", "opened", "locked", "closed")
)
_Entry = tuple[Row[Any], dict[str, Any]]  # an entry of the audit, and its detail


def locked_form(
    *, place: int, step: str, person: int, probability: float, marks: Any, note: str, opinion: str | None,
    opened_at: str, locked_at: str,
) -> dict[str, Any]:  # fmt: skip
    """What the digest of a locked step is taken of.

    Args:
        place, step: which.
        person: who read.
        probability, marks, note: what was said.
        opinion: SHA-256 of the opinion that was shown before; None: none was.
        opened_at, locked_at: instants of the step.
    """
    return {
        "place": place, "step": step, "person": person, "probability": float(probability),
        "marks": list(marks), "note": note, "opinion": opinion, "opened_at": opened_at,
        "locked_at": locked_at,
    }  # fmt: skip


def lists_sha256(connection: Connection, number: int) -> str:
    """SHA-256 of a reader study and its places as they were entered."""
    study = connection.execute(select(READER_STUDY).where(READER_STUDY.c.id == number)).first()
    places = connection.execute(
        select(PLACE).where(PLACE.c.reader_study_id == number).order_by(PLACE.c.id)
    ).all()
    return digest([_without(one, "opened_at", "closed_at") for one in (study, *places)])


def altered_studies(connection: Connection) -> list[str]:
    """What was changed, taken out or put in among the rows of reader studies, one sentence each."""
    told: dict[str, list[_Entry]] = {action: [] for action in (ENTERED, OPENED, LOCKED, CLOSED)}
    query = select(AUDIT).where(AUDIT.c.action.in_(told)).order_by(AUDIT.c.seq)
    for entry in connection.execute(query):
        told[entry.action].append((entry, json.loads(entry.detail)))
    return [
        *_studies(connection, told[ENTERED], told[CLOSED]),
        *_places(connection, told[OPENED]),
        *_readings(connection, told[LOCKED]),
    ]


def _studies(connection: Connection, entered: list[_Entry], closed: list[_Entry]) -> Iterator[str]:
    """Studies and their lists; an entry of an earlier version does not seal the lists."""
    closings = {detail["reader_study"]: entry.at for entry, detail in closed}
    entries = {detail["reader_study"]: detail for _, detail in entered}
    for study in connection.execute(select(READER_STUDY).order_by(READER_STUDY.c.id)).all():
        detail = entries.pop(study.id, None)
        if detail is None:
            yield f"reader_study {study.id} was never entered"
        elif not _as_entered(connection, study, detail):
            yield f"reader_study {study.id} or its lists are not as they were entered"
        if closings.pop(study.id, None) != study.closed_at:
            yield f"reader_study {study.id} is not closed as the audit says"
    yield from (f"reader_study {number} is missing" for number in entries)


def _as_entered(connection: Connection, study: Row[Any], detail: Mapping[str, Any]) -> bool:
    whole = detail.get("lists_sha256")
    if whole is not None:
        return bool(lists_sha256(connection, study.id) == whole)
    places = connection.execute(select(PLACE.c.id).where(PLACE.c.reader_study_id == study.id)).all()
    return bool(study.sha256 == detail["sha256"] and len(places) == detail["places"])


def _places(connection: Connection, opened: list[_Entry]) -> Iterator[str]:
    """Places that were opened, each as it was then."""
    left = {_place_key(entry, detail, entry.at): entry.seq for entry, detail in opened}
    query = select(PLACE).where(PLACE.c.opened_at.is_not(None)).order_by(PLACE.c.id)
    for place in connection.execute(query):
        if left.pop(_place_key(place, place._asdict(), place.opened_at), None) is None:
            yield f"place {place.id} is not as it was opened, or was never opened"
    yield from (f"the place of entry {number} is missing or was changed" for number in left.values())


def _place_key(row: Row[Any], values: Mapping[str, Any], at: str) -> tuple[Any, ...]:
    number = values.get("reader_study_id", values.get("reader_study"))
    return number, row.person_id, row.case_id, values["session"], values["position"], values["arm"], at


def _readings(connection: Connection, locked: list[_Entry]) -> Iterator[str]:
    """Steps that were locked; each is known by what its entry sealed."""
    left = {
        (entry.person_id, entry.case_id, entry.at, *map(detail.get, _SAID)): entry.seq
        for entry, detail in locked
    }
    query = select(
        STUDY_READING, PLACE.c.person_id, PLACE.c.case_id, PLACE.c.reader_study_id, PLACE.c.opened_at
    )
    joined = query.outerjoin(PLACE, PLACE.c.id == STUDY_READING.c.place_id)
    before: dict[int, str] = {}
    for row in connection.execute(joined.order_by(STUDY_READING.c.locked_at, STUDY_READING.c.id)):
        began = before.get(row.place_id, row.opened_at)
        before[row.place_id] = row.locked_at
        said = (row.reader_study_id, row.step, _sealed(row, began), row.opinion_sha256, round(row.seconds, 3))
        known = left.pop((row.person_id, row.case_id, row.locked_at, *said), None)
        if known is None or row.sha256 != said[2]:
            yield f"study_reading {row.id} is not as it was locked, or was never locked"
    yield from (f"the study_reading of entry {number} is missing or was changed" for number in left.values())


_SAID = ("reader_study", "step", "sha256", "opinion", "seconds")


def _sealed(row: Row[Any], began: str) -> str:
    return digest(
        locked_form(
            place=row.place_id, step=row.step, person=row.person_id, probability=row.probability,
            marks=row.marks, note=row.note, opinion=row.opinion_sha256, opened_at=began,
            locked_at=row.locked_at,
        )
    )  # fmt: skip


def _without(row: Row[Any] | None, *names: str) -> dict[str, Any]:
    return {} if row is None else {name: value for name, value in row._asdict().items() if name not in names}
