"""Reader studies: one's own lists, the next case, and for those who run them progress and export."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import Row, select

from thirdeye.reading_room.opinions.states import AWAITED, READY
from thirdeye.reading_room.people.person import ADMINISTRATOR, DATA_MANAGER, READER, Person
from thirdeye.reading_room.reader_studies.export import readings_table
from thirdeye.reading_room.reader_studies.lists import FINAL, FIRST
from thirdeye.reading_room.reader_studies.order import Next, next_of
from thirdeye.reading_room.reader_studies.progress import progress, reader_studies, studies_of
from thirdeye.reading_room.reader_studies.read import close_study, lock_step, open_next, opinion_at
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act, moment
from thirdeye.reading_room.screens.forms import LARGEST, Number, go_to
from thirdeye.reading_room.screens.jobs import crew_of
from thirdeye.reading_room.store.tables import OPINION, PLACE, READER_STUDY, STUDY_READING
from thirdeye.reading_room.telling.named import names_kept
from thirdeye.reading_room.telling.opinion import told
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.web.words import words
from thirdeye.reading_room.workflow.cases import case_of, images_of
from thirdeye.reading_room.workflow.drafts import draft_of
from thirdeye.reading_room.workflow.marks import checked_marks
from thirdeye.reading_room.workflow.states import STUDY

router = APIRouter()
Reader = Annotated[Person, Depends(needs(READER))]
Runner = Annotated[Person, Depends(needs(DATA_MANAGER, ADMINISTRATOR))]
Anybody = Annotated[Person, Depends(needs(READER, DATA_MANAGER, ADMINISTRATOR))]
_PERCENT = 100


@router.get("/reader-studies")
def overview(request: Request, room: TheRoom, person: Anybody) -> Response:
    """One's own lists; for those who run studies, how far everybody has come."""
    with room.database.reading() as connection:
        own = studies_of(connection, person.id) if person.may(READER) else []
        stands = {one.id: next_of(connection, one.id, person, room.clock()) for one in own}
        run = reader_studies(connection) if person.may(DATA_MANAGER, ADMINISTRATOR) else []
        far = {one.id: progress(connection, one) for one in run}
    return page(request, "reader_studies.html", own=own, stands=stands, run=run, far=far)


@router.get("/reader-studies/{number}/read")
def read(request: Request, room: TheRoom, number: Number, person: Reader) -> Response:
    """The next case of one's list: its images, the form, and the opinion where the design shows it now."""
    with room.acting(person.id) as act:
        found = open_next(act, number, person)
        if found.place is None:
            return page(request, "reader_study_done.html", study=found.study)
        shown = _shown(act, found, person, language_of(request))
        waits = _waits(act, found)
    if waits is not None:
        crew_of(request).ask(waits)
    known = words(language_of(request))
    said = {key.partition(".")[2]: text for key, text in known.items() if key.startswith("viewer.")}
    return page(request, "reader_study_read.html", found=found, said=said, final=found.step == FINAL, **shown)


@router.post("/reader-studies/{number}/lock")
def locked(
    room: TheRoom,
    number: Number,
    person: Reader,
    place: Annotated[int, Form(ge=1, le=LARGEST)],
    step: Annotated[str, Form(pattern="^(first|final)$")],
    probability_percent: Annotated[float | None, Form()] = None,
    keep: Annotated[str, Form()] = "",
    marks: Annotated[str, Form()] = "[]",
    note: Annotated[str, Form()] = "",
) -> Response:
    """A step is locked; `keep` stands for the probability of the step before."""
    with room.acting(person.id) as act:
        value = _first(act, place) if keep and step == FINAL else probability_percent
        if value is None:
            raise Refusal(422, "probability")
        lock_step(
            act, number, person, place=place, step=step, probability=value / _PERCENT, note=note,
            marks=_marks(act, number, person, marks),
        )  # fmt: skip
    return go_to(f"/reader-studies/{number}/read")


@router.get("/reader-studies/{number}/readings.csv")
def export(room: TheRoom, number: Number, person: Runner) -> Response:
    """The readings for `thirdeye readers import`; who took them is on record."""
    with room.acting(person.id) as act:
        _known(act, number)
        _refuse_readers(act, number, person)
        table = readings_table(act.connection, number)
        act.record("reader_study.exported", reader_study=number)
    named = {"Content-Disposition": f'attachment; filename="readings-{number}.csv"'}
    return Response(table, media_type="text/csv; charset=utf-8", headers=named)


@router.post("/reader-studies/{number}/close")
def close(room: TheRoom, number: Number, person: Runner) -> Response:
    """No further reading."""
    with room.acting(person.id) as act:
        _known(act, number)
        close_study(act, number)
    return go_to("/reader-studies")


def _known(act: Act, number: int) -> None:
    if act.connection.execute(select(READER_STUDY.c.id).where(READER_STUDY.c.id == number)).first() is None:
        raise Refusal(404, "no_such_study")


def _refuse_readers(act: Act, number: int, person: Person) -> None:
    """Somebody who reads in a study sees what others said when it is closed."""
    own = select(PLACE.c.id).where(PLACE.c.reader_study_id == number, PLACE.c.person_id == person.id)
    closed = select(READER_STUDY.c.closed_at).where(READER_STUDY.c.id == number)
    if act.connection.execute(closed).scalar() is None and act.connection.execute(own).first() is not None:
        raise Refusal(403, "own_study", action="reader_study.export_refused")


def _shown(act: Act, found: Next, person: Person, language: str) -> dict[str, Any]:
    """What the page shows beside the words."""
    place: Row[Any] = found.place  # type: ignore[assignment]
    opinion, case = opinion_at(act, found), case_of(act.connection, place.case_id, person)
    ready = opinion is not None and opinion.state == READY
    return {
        "case": case,
        "images": images_of(act.connection, place.case_id),
        "draft": draft_of(act.connection, place.case_id, person, STUDY),
        "first": _first(act, place.id),
        "opinion": opinion,
        "told": told(opinion.form, language, names_kept(case.names))
        if opinion is not None and ready
        else None,
    }


def _waits(act: Act, found: Next) -> str | None:
    """The case whose opinion is not there yet; None where it is, or failed."""
    place: Row[Any] = found.place  # type: ignore[assignment]
    wanted = select(OPINION.c.case_id).where(OPINION.c.case_id == place.case_id, OPINION.c.state == AWAITED)
    return act.connection.execute(wanted).scalar()


def _first(act: Act, place: int) -> float | None:
    """The probability in per cent that was locked before; None without one."""
    wanted = select(STUDY_READING.c.probability).where(
        STUDY_READING.c.place_id == place, STUDY_READING.c.step == FIRST
    )
    found = act.connection.execute(wanted).scalar()
    return None if found is None else _PERCENT * float(found)


def _marks(act: Act, number: int, person: Person, text: str) -> list[Any]:
    found = next_of(act.connection, number, person, moment(act.at))
    if found.place is None:
        return []
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(422, "marks") from None
    return checked_marks(form, [image.id for image in images_of(act.connection, found.place.case_id)])
