"""Plans of change and acceptance tests: which model may follow which, fixed before and measured after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from thirdeye.errors import UsageError
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import ACCEPTANCE, MODEL_CHANGE, STUDY


def plan_change(act: Act, study: int, plan: Mapping[str, Any]) -> int:
    """Put a plan of change on record; it is never changed.

    Args:
        study: number of the study whose model is to be replaced.
        plan: JSON-ready.

    Returns:
        The number of the change.
    """
    sealed = digest(plan)
    made = act.connection.execute(
        insert(MODEL_CHANGE).values(
            study_id=study, plan=dict(plan), sha256=sealed, person_id=act.person, at=act.at
        ).returning(MODEL_CHANGE.c.id)
    )  # fmt: skip
    number = int(made.scalar_one())
    act.record("change.planned", change=number, study=study, sha256=sealed)
    return number


def planned(connection: Connection, number: int) -> Row[Any]:
    """A plan of change.

    Raises:
        UsageError: there is none, or it is not as it was.
    """
    row = connection.execute(select(MODEL_CHANGE).where(MODEL_CHANGE.c.id == number)).first()
    if row is None:
        raise UsageError(f"the room knows no change {number}; make a plan first: thirdeye retrain plan")
    if digest(row.plan) != row.sha256:
        raise UsageError(f"the plan of change {number} is not as it was made; make another")
    return row


def keep_acceptance(act: Act, change: int, *, model: str, result: Mapping[str, Any], passed: bool) -> None:
    """Put the result of an acceptance test on record; every further test of the same change is added."""
    sealed = digest(result)
    act.connection.execute(
        insert(ACCEPTANCE).values(
            change_id=change, model_sha256=model, result=dict(result), passed=passed, sha256=sealed, at=act.at
        )
    )
    act.record("change.tested", change=change, model=model, passed=passed, sha256=sealed)


def versions(connection: Connection) -> list[dict[str, Any]]:
    """Every model that works here, with the change that brought it; the newest first.

    Returns:
        ``study`` (row), ``first`` (no other with the same classes was here before), ``accepted`` (row of the
        acceptance test that it passed last, or None), ``last`` (of its last test) and ``tests`` (how many).
    """
    tests = connection.execute(
        select(ACCEPTANCE, MODEL_CHANGE.c.plan, MODEL_CHANGE.c.study_id)
        .join(MODEL_CHANGE, MODEL_CHANGE.c.id == ACCEPTANCE.c.change_id)
        .order_by(ACCEPTANCE.c.id)
    ).all()
    found, seen = [], set()
    for study in connection.execute(select(STUDY).order_by(STUDY.c.id)):
        kind = (study.task, study.positive, *sorted(study.classes))
        own = [one for one in tests if one.model_sha256 == study.model_sha256]
        passed = [one for one in own if one.passed]
        found.append(
            {"study": study, "first": kind not in seen, "accepted": passed[-1] if passed else None,
             "last": own[-1] if own else None, "tests": len(own)}
        )  # fmt: skip
        seen.add(kind)
    return found[::-1]


def changes(connection: Connection) -> list[dict[str, Any]]:
    """Every plan with its tests; the newest first."""
    tests = connection.execute(select(ACCEPTANCE).order_by(ACCEPTANCE.c.id)).all()
    rows = connection.execute(
        select(MODEL_CHANGE, STUDY.c.name, STUDY.c.model_sha256)
        .join(STUDY, STUDY.c.id == MODEL_CHANGE.c.study_id)
        .order_by(MODEL_CHANGE.c.id.desc())
    )
    return [{"change": row, "tests": [one for one in tests if one.change_id == row.id]} for row in rows]
