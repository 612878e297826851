"""Screen 9: who saw and did what, exactly what was shown, and whether the record is whole."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import Connection, select

from thirdeye.reading_room.audit.anchors import Anchor, anchors_in
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.entries import Wanted, as_csv, as_json_lines, entries, entry
from thirdeye.reading_room.audit.keeper import places
from thirdeye.reading_room.audit.verify import Verification, verify
from thirdeye.reading_room.people.person import AUDITOR, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.screens.forms import LARGEST, Number
from thirdeye.reading_room.store.tables import AUDIT, OPINION, PERSON
from thirdeye.reading_room.store.tables import SHOWN as KEPT
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page

router = APIRouter()
Auditor = Annotated[Person, Depends(needs(AUDITOR))]
SHOWN = 100
_LONGEST = 64


def wanted(
    person: Annotated[str, Query(max_length=_LONGEST)] = "",
    action: Annotated[str, Query(max_length=_LONGEST)] = "",
    case: Annotated[str, Query(max_length=_LONGEST)] = "",
    since: Annotated[str, Query(max_length=_LONGEST)] = "",
    until: Annotated[str, Query(max_length=_LONGEST)] = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Wanted:
    """Which entries a request asks for."""
    number = int(person) if person.isdigit() and len(person) < 10 else None
    return Wanted(number, action.strip(), case.strip(), since, until, before)


Filter = Annotated[Wanted, Depends(wanted)]


@router.get("/audit")
def audit(request: Request, room: TheRoom, person: Auditor, asked: Filter) -> Response:
    """The latest entries, narrowed down."""
    with room.database.reading() as connection:
        rows = entries(connection, asked, most=SHOWN + 1)
        people = list(connection.execute(select(PERSON.c.id, PERSON.c.shown).order_by(PERSON.c.shown)))
        actions = list(
            connection.execute(select(AUDIT.c.action).distinct().order_by(AUDIT.c.action)).scalars()
        )
    older = rows[SHOWN - 1].seq if len(rows) > SHOWN else None
    return page(
        request, "audit.html", rows=[_told(row) for row in rows[:SHOWN]], people=people, actions=actions,
        asked=asked, older=older, found=None,
    )  # fmt: skip


@router.post("/audit/verify")
def verified(request: Request, room: TheRoom, person: Auditor) -> Response:
    """The whole chain looked at, and compared with its anchors."""
    found = examine(room)
    with room.acting(person.id) as act:
        act.record("audit.verified", whole=found.whole, entries=found.entries, problems=len(found.problems))
    return page(request, "audit_verified.html", found=found)


@router.get("/audit/export.{kind}")
def exported(room: TheRoom, person: Auditor, asked: Filter, kind: str) -> Response:
    """Entries to take away, as CSV or as lines of JSON."""
    if kind not in ("csv", "jsonl"):
        raise Refusal(404, "not_there")
    with room.acting(person.id) as act:
        act.record("audit.exported", kind=kind)
        rows = entries(act.connection, asked)[::-1]
    headers = {"Content-Disposition": f'attachment; filename="audit.{kind}"'}
    if kind == "csv":
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)
    return StreamingResponse(as_json_lines(rows), media_type="application/jsonl", headers=headers)


@router.get("/audit/entries/{number}")
def one(request: Request, room: TheRoom, person: Auditor, number: Number) -> Response:
    """One entry, with the opinion that was shown where it is about one."""
    with room.database.reading() as connection:
        row = entry(connection, number)
        if row is None:
            raise Refusal(404, "not_there")
        told = _told(row)
        form, seal = _exactly(connection, told)
    return page(
        request, "audit_entry.html", entry=told, form=None if form is None else _paper(form),
        intact=form is not None and digest(form) == seal,
    )  # fmt: skip


def _exactly(connection: Connection, told: dict[str, Any]) -> tuple[Any, str | None]:
    """What an entry says was shown, as it was kept, and its seal in the entry; None where nothing was."""
    case, detail = told["case_id"], told["detail"]
    if told["action"] == "opinion.revealed":
        wanted = select(OPINION.c.form).where(OPINION.c.case_id == case)
        return connection.execute(wanted).scalar(), detail.get("opinion")
    seal = detail.get("shown")
    if seal is None:
        return None, None
    kept = select(KEPT.c.content).where(KEPT.c.case_id == case, KEPT.c.person_id == told["person_id"])
    return connection.execute(kept.where(KEPT.c.sha256 == seal)).scalar(), seal


def examine(room: Room) -> Verification:
    """The chain of a room against the anchors of all its places."""
    anchors: list[Anchor] = []
    for path in places(room):
        anchors += anchors_in(path) if path.exists() else []
    with room.database.reading() as connection:
        return verify(connection, room.key, anchors)


def _told(row: Any) -> dict[str, Any]:
    return {**row._mapping, "detail": json.loads(row.detail)}


def _paper(form: Any) -> str:
    return json.dumps(form, indent=2, sort_keys=True, ensure_ascii=False)
