"""Planted cases: past cases on which the machine was wrong, put before somebody who has not read them.

What is shown is what the machine truly said; nothing is made up. Known to be wrong is an opinion whose case
has a proven outcome that differs from it. A planted case is told after the decision; nobody signs it.
"""

from __future__ import annotations

import random
import secrets
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import (
    ASSIGNMENT,
    CASE,
    IMAGE,
    OPINION,
    OUTCOME,
    PLANTED,
)
from thirdeye.reading_room.workflow.states import WAITING

_CHANCE = random.SystemRandom()


def planted(connection: Connection, case: str) -> Row[Any] | None:
    """The entry of a planted case; None for a patient's own."""
    return connection.execute(select(PLANTED).where(PLANTED.c.case_id == case)).first()


def perhaps_plant(act: Act, person: Person, study: int, share: float) -> str | None:
    """Plant a case with so high a chance that `share` of somebody's cases are planted.

    Args:
        person: who is to read it.
        study: number of the study.
        share: 0 to 0.2.

    Returns:
        The case; None where none was planted, or none is known that this person has not read.
    """
    if share <= 0 or _CHANCE.random() >= share / (1 - share):
        return None
    waiting = select(CASE.c.id).where(CASE.c.reserved_for == person.id, CASE.c.state == WAITING)
    if act.connection.execute(waiting).first() is not None:
        return None
    pool = known_wrong(act.connection, person, study)
    return _planted(act, person, *_CHANCE.choice(pool)) if pool else None


def known_wrong(connection: Connection, person: Person, study: int) -> list[tuple[str, str]]:
    """Cases of a study, and their proven outcome, that the machine got wrong and this person has not read."""
    read = select(ASSIGNMENT.c.case_id).where(ASSIGNMENT.c.person_id == person.id)
    used = select(PLANTED.c.origin_id).where(PLANTED.c.person_id == person.id)
    last = select(func.max(OUTCOME.c.id)).group_by(OUTCOME.c.case_id)
    rows = connection.execute(
        select(CASE.c.id, OUTCOME.c.truth, OPINION.c.form)
        .join(OUTCOME, OUTCOME.c.case_id == CASE.c.id)
        .join(OPINION, OPINION.c.case_id == CASE.c.id)
        .where(CASE.c.study_id == study, OUTCOME.c.id.in_(last), OPINION.c.state == READY)
        .where(CASE.c.id.not_in(read), CASE.c.id.not_in(used))
        .where(CASE.c.id.not_in(select(PLANTED.c.case_id)))
    )
    return [(row.id, row.truth) for row in rows if wrong(row.form, row.truth)]


def wrong(form: Any, truth: str) -> bool:
    """Whether an opinion says something else than the truth.

    Of two classes, the first operating point decides; an abstention says nothing that could be wrong.
    """
    if form is None or form["abstained"] is not None or not form["probabilities"]:
        return False
    if form["task"] == "multilabel":
        return False
    if form["positive"] is not None and form["verdicts"]:
        return bool(form["verdicts"][0]["positive"]) != (truth == form["positive"])
    return bool(form["predicted"] != truth)


def _planted(act: Act, person: Person, origin: str, truth: str) -> str:
    """A copy of a past case, waiting for one person alone."""
    case = secrets.token_urlsafe(16)
    past = act.connection.execute(select(CASE).where(CASE.c.id == origin)).one()._asdict()
    changed = {
        "id": case, "state": WAITING, "reserved_for": person.id, "received_at": act.at, "reason": None,
        "digest": digest(["planted", origin, person.id]),
    }  # fmt: skip
    act.connection.execute(insert(CASE).values(past | changed))
    for image in act.connection.execute(select(IMAGE).where(IMAGE.c.case_id == origin)):
        copied = image._asdict() | {"id": secrets.token_urlsafe(16), "case_id": case}
        act.connection.execute(insert(IMAGE).values(copied))
    opinion = act.connection.execute(select(OPINION).where(OPINION.c.case_id == origin)).one()._asdict()
    opinion.pop("id")
    act.connection.execute(insert(OPINION).values(opinion | {"case_id": case}))
    act.connection.execute(
        insert(PLANTED).values(case_id=case, origin_id=origin, person_id=person.id, truth=truth, at=act.at)
    )
    act.record("case.planted", case=case, origin=origin, reader=person.id)
    return case
