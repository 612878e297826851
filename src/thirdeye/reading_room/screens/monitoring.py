"""Screen 8: how doctor, machine and both together perform. Nobody is named, no case and no patient."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Row, select

from thirdeye.reading_room.monitoring.figures import FIGURES, drawable
from thirdeye.reading_room.monitoring.kept import monitoring_of
from thirdeye.reading_room.monitoring.say import in_words, p_in_words
from thirdeye.reading_room.people.person import ADMINISTRATOR, AUDITOR, DATA_MANAGER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import STUDY
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.web.words import translator

router = APIRouter()
_KEPT = {"Cache-Control": "private, max-age=60", "Vary": "Cookie"}
DAYS = {"90": 90, "365": 365, "all": None}
PERCENT = (10, 20, 30, 50, 70)
Watcher = Annotated[Person, Depends(needs(AUDITOR, ADMINISTRATOR, DATA_MANAGER))]
Chosen = Annotated[int | None, Query(ge=1)]
Span = Annotated[str, Query(pattern="^(90|365|all)$")]
From = Annotated[int, Query(ge=1, le=99)]


@router.get("/monitoring")
def monitoring(
    request: Request, room: TheRoom, person: Watcher, study: Chosen = None, days: Span = "365",
    call_from: From = 50,
) -> Response:  # fmt: skip
    """The figures of one study."""
    studies = _studies(room)
    shown = _one(studies, study)
    language = language_of(request)
    say = translator(language)
    found = None
    if shown is not None and shown.positive is not None:
        found = monitoring_of(room, shown.id, days=DAYS[days], call_from=call_from / 100)
    return page(
        request, "monitoring.html", studies=studies, study=shown, days=days, call_from=call_from, found=found,
        spans=tuple(DAYS), percents=PERCENT, figures=frozenset() if found is None else drawable(found),
        words=lambda metric: in_words(metric, language, say), p=lambda value: p_in_words(value, language),
    )  # fmt: skip


@router.get("/monitoring/figures/{name}.svg")
def figure(
    request: Request, room: TheRoom, name: str, person: Watcher, study: Chosen = None, days: Span = "365",
    call_from: From = 50,
) -> Response:  # fmt: skip
    """One figure."""
    shown = _one(_studies(room), study)
    if name not in FIGURES or shown is None or shown.positive is None:
        raise Refusal(404, "not_there")
    found = monitoring_of(room, shown.id, days=DAYS[days], call_from=call_from / 100)
    if name not in drawable(found):
        raise Refusal(404, "not_there")
    svg = FIGURES[name](found, translator(language_of(request)))
    return Response(svg, media_type="image/svg+xml", headers=_KEPT)


@router.get("/monitoring.json")
def exported(
    room: TheRoom, person: Watcher, study: Chosen = None, days: Span = "all", call_from: From = 50
) -> Response:
    """Everything as JSON, for other programs; who took it is on record."""
    shown = _one(_studies(room), study)
    if shown is None or shown.positive is None:
        raise Refusal(404, "not_there")
    found = monitoring_of(room, shown.id, days=DAYS[days], call_from=call_from / 100)
    with room.acting(person.id) as act:
        act.record("monitoring.exported", study=shown.id)
    form: dict[str, Any] = {"study": {"number": shown.id, "model": shown.model_sha256}, **found.as_json()}
    named = {"Content-Disposition": f'attachment; filename="monitoring-{shown.id}.json"'}
    return JSONResponse(form, headers=named)


def _studies(room: Room) -> list[Row[Any]]:
    with room.database.reading() as connection:
        return list(connection.execute(select(STUDY).order_by(STUDY.c.id.desc())))


def _one(studies: list[Row[Any]], number: int | None) -> Row[Any] | None:
    if number is None:
        return studies[0] if studies else None
    found = next((one for one in studies if one.id == number), None)
    if found is None:
        raise Refusal(404, "not_there")
    return found
