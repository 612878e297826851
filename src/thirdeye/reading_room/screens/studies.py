"""The studies of the room: how doctor and machine meet in each, and how its opinions are coming along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlalchemy import Connection, func, select, update

from thirdeye.reading_room.opinions.states import AWAITED, FAILED
from thirdeye.reading_room.people.person import ADMINISTRATOR, Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.screens.forms import Number, go_to
from thirdeye.reading_room.screens.upload import TheCrew
from thirdeye.reading_room.store.tables import CASE, OPINION, STUDY
from thirdeye.reading_room.web.guard import TheRoom, needs
from thirdeye.reading_room.web.pages import page
from thirdeye.reading_room.workflow.policy import Policy

router = APIRouter()
Administrator = Annotated[Person, Depends(needs(ADMINISTRATOR))]
_PERCENT = 100
Tick = Annotated[str, Form()]


@router.get("/studies")
def studies(request: Request, room: TheRoom, person: Administrator) -> Response:
    """Every study with its policy."""
    with room.database.reading() as connection:
        rows = list(connection.execute(select(STUDY).order_by(STUDY.c.id)))
        counts = _counts(connection)
    policies = {row.id: Policy.of(row.policy) for row in rows}
    return page(request, "studies.html", rows=rows, policies=policies, counts=counts)


@router.post("/studies/{study}/policy")
def changed(
    room: TheRoom,
    person: Administrator,
    study: Number,
    second_reader_percent: Annotated[float, Form()],
    planted_percent: Annotated[float, Form()],
    unaided_every: Annotated[int, Form()],
    lock_first: Tick = "",
    triage: Tick = "",
) -> Response:
    """Another policy, from now on; before and after are in the audit."""
    policy = Policy(
        lock_first=bool(lock_first), triage=bool(triage), second_reader_at=second_reader_percent / _PERCENT,
        planted=planted_percent / _PERCENT, unaided_every=unaided_every,
    )  # fmt: skip
    with room.acting(person.id) as act:
        before = act.connection.execute(select(STUDY.c.policy).where(STUDY.c.id == study)).scalar()
        if before is None:
            raise Refusal(404, "no_such_study", action="study.refused")
        if Policy.of(before) != policy:
            act.connection.execute(update(STUDY).where(STUDY.c.id == study).values(policy=policy.as_json()))
            act.record("study.policy_changed", study=study, before=before, after=policy.as_json())
    return go_to("/studies")


@router.post("/studies/{study}/again")
def again(room: TheRoom, person: Administrator, crew: TheCrew, study: Number) -> Response:
    """Opinions that failed are asked for again, on cases that nobody has looked at with them."""
    of_study = select(CASE.c.id).where(CASE.c.study_id == study)
    failed = (OPINION.c.state == FAILED, OPINION.c.case_id.in_(of_study))
    with room.acting(person.id) as act:
        cases = list(act.connection.execute(select(OPINION.c.case_id).where(*failed)).scalars())
        act.connection.execute(update(OPINION).where(*failed).values(state=AWAITED, error=None))
        act.record("opinion.asked_again", study=study, cases=len(cases))
    for case in cases:
        crew.ask(case)
    return go_to("/studies")


def _counts(connection: Connection) -> dict[int, dict[str, Any]]:
    """Opinions of each study by their state."""
    query = (
        select(CASE.c.study_id, OPINION.c.state, func.count().label("n"))
        .join(OPINION, OPINION.c.case_id == CASE.c.id)
        .where(CASE.c.state.not_in(("quarantined", "discarded")))
        .group_by(CASE.c.study_id, OPINION.c.state)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query):
        found.setdefault(row.study_id, {})[row.state] = row.n
    return found
