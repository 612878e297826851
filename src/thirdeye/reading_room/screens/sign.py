"""Screen 7: the statement, the signature, and what became of the result."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.opinions.present import present_models
from thirdeye.reading_room.people.person import READER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.screens.forms import go_to
from thirdeye.reading_room.store.tables import DELIVERY, PERSON, SHOWN, SIGNATURE
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.cases import case_of
from thirdeye.reading_room.workflow.planted import planted
from thirdeye.reading_room.workflow.second_reading import BLIND
from thirdeye.reading_room.workflow.sign import ask_second_reader, sign, to_sign
from thirdeye.reading_room.workflow.states import CLOSED

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER))]
_SECOND_READER_HELPS = ("model_changed", "opinion_changed")


@router.get("/cases/{case}/sign")
def signing(request: Request, room: TheRoom, case: str, person: Reader) -> Response:
    """The statement to be signed; once it is signed, the signature."""
    with room.database.reading() as connection:
        row, done = case_of(connection, case, person), _signature(connection, case)
        known_wrong = planted(connection, case) is not None
    if row.part in BLIND:
        return go_to(f"/cases/{case}/opinion")
    if known_wrong and row.state == CLOSED:
        return go_to(f"/cases/{case}/disclosure")
    if done is not None:
        return page(request, "signed.html", case=row, signature=done)
    try:
        with room.acting(person.id) as act:
            said = to_sign(act, case, person, present=present_models(room))
    except Refusal as refusal:
        if refusal.said not in _SECOND_READER_HELPS:
            raise
        with room.acting(person.id) as act:
            act.record("signature.refused", case=case, status=refusal.status, why=refusal.said)
        return page(request, "sign.html", status=refusal.status, case=row, said=None, why=refusal.said)
    return page(request, "sign.html", case=row, said=said, seal=digest(said), why=None)


@router.post("/cases/{case}/sign")
def signed(
    room: TheRoom, case: str, person: Reader, statement: Annotated[str, Form(max_length=64)]
) -> Response:
    """The signature."""
    present = present_models(room)
    with room.acting(person.id) as act:
        archive = bool(room.settings.archive)
        sign(act, case, person, statement_sha256=statement, present=present, archive=archive)
    return go_to(f"/cases/{case}/sign")


@router.post("/cases/{case}/second-reader")
def second_reader(room: TheRoom, case: str, person: Reader) -> Response:
    """A second reader is asked before anything is signed."""
    with room.acting(person.id) as act:
        ask_second_reader(act, case, person)
    return go_to("/")


def _signature(connection: Connection, case: str) -> Any:
    """The signature of a case with its statement, who signed, and how far the result has come; None."""
    return connection.execute(
        select(
            SIGNATURE.c.at, SIGNATURE.c.statement_sha256, PERSON.c.shown, SHOWN.c.content,
            DELIVERY.c.state.label("delivery"), DELIVERY.c.error,
        )
        .join(PERSON, PERSON.c.id == SIGNATURE.c.person_id)
        .join(SHOWN, (SHOWN.c.case_id == case) & (SHOWN.c.sha256 == SIGNATURE.c.statement_sha256))
        .outerjoin(DELIVERY, DELIVERY.c.case_id == case)
        .where(SIGNATURE.c.case_id == case)
    ).first()  # fmt: skip
