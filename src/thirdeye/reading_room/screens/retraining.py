"""Screen 10: which cases could be learnt from, which model follows which, and what its test found."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select

from thirdeye.evaluation.metric import Metric
from thirdeye.reading_room.monitoring.say import in_words
from thirdeye.reading_room.people.person import ADMINISTRATOR, AUDITOR, DATA_MANAGER, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.retraining.changes import changes, versions
from thirdeye.reading_room.retraining.eligible import FROZEN, TRAIN, eligible
from thirdeye.reading_room.screens.forms import Number
from thirdeye.reading_room.store.tables import STUDY
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import language_of, page
from thirdeye.reading_room.web.words import translator

router = APIRouter()
Watcher = Annotated[Person, Depends(needs(DATA_MANAGER, ADMINISTRATOR, AUDITOR))]


@router.get("/retraining")
def retraining(request: Request, room: TheRoom, person: Watcher) -> Response:
    """Counts only; the cases themselves are written by `thirdeye retrain cases`, which asks for consent."""
    language = language_of(request)
    say = translator(language)
    with room.database.reading() as connection:
        studies = list(connection.execute(select(STUDY).order_by(STUDY.c.id.desc())))
        there = {one.id: eligible(room, connection, one.id, None) for one in studies}
        known, plans = versions(connection), changes(connection)
    counts = {
        number: {part: len(found.of(part)) for part in (TRAIN, FROZEN)} | {"left_out": found.left_out}
        for number, found in there.items()
    }
    return page(
        request, "retraining.html", studies=studies, counts=counts, versions=known, changes=plans,
        words=lambda form: in_words(Metric.from_json(form), language, say),
        margin=lambda row: in_words(Metric(name=row["name"], value=row["margin"], n=0), language, say),
    )  # fmt: skip


@router.get("/retraining/changes/{number}.json")
def one_change(room: TheRoom, number: Number, person: Watcher) -> Response:
    """A plan with all its tests, as they are on record."""
    with room.database.reading() as connection:
        found = next((one for one in changes(connection) if one["change"].id == number), None)
    if found is None:
        raise Refusal(404, "not_there")
    row = found["change"]
    form = {
        "change": row.id, "at": row.at, "plan": row.plan, "sha256": row.sha256,
        "tests": [
            {"at": one.at, "model_sha256": one.model_sha256, "passed": one.passed, "sha256": one.sha256,
             "result": one.result}
            for one in found["tests"]
        ],
    }  # fmt: skip
    named = {"Content-Disposition": f'attachment; filename="change-{number}.json"'}
    return JSONResponse(form, headers=named)
