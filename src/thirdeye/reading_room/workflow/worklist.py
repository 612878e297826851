"""What somebody finds on the worklist, and in which order: never the machine's, unless the study says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.store.tables import ASSIGNMENT, CASE, IMAGE, OPINION, READING, STUDY
from thirdeye.reading_room.workflow.cases import free_for
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.states import CLOSED, DECIDED, LOCKED, SIGNED, WAITING
from thirdeye.reading_room.workflow.states import READING as BEING_READ
from thirdeye.reading_room.workflow.states import STUDY as IN_A_STUDY

OPEN, MINE, DONE = "open", "mine", "done"
VIEWS = (OPEN, MINE, DONE)
SHOWN = 200
_FINISHED = (SIGNED, CLOSED)
_MOST_RANKED = 5000  # waiting cases that are put in the machine's order


@dataclass(frozen=True)
class Wanted:
    """What somebody asks to see.

    Args:
        view: "open": what waits, and what they have begun; "mine": begun; "done": signed.
        study: number; None: every one.
        modality: "": every one.
        priority: at least so urgent, 0 to 2.
    """

    view: str = OPEN
    study: int | None = None
    modality: str = ""
    priority: int = 0


@dataclass(frozen=True)
class Found:
    """A worklist.

    Args:
        rows: with the columns of the case, ``taken`` (assignment), ``checked_at``, ``locked`` (reading),
            ``images``, ``study``.
        triage: name of the study whose machine's order this is; None: the order of arrival.
        more: whether there are more than are shown.
    """

    rows: Sequence[Row[Any]]
    triage: str | None = None
    more: bool = False


def worklist(connection: Connection, person: Person, wanted: Wanted) -> Found:
    """The cases that somebody may see, in the order in which they are to be read.

    The most urgent come first, then those that came first. Where the study orders by its machine, cases of
    one urgency are in the order of its estimate, those without one before all others.
    """
    study = _triage(connection, wanted)
    rows = list(connection.execute(_query(person, wanted).limit(_MOST_RANKED if study else SHOWN + 1)))
    if study is not None:
        scores = _scores(connection, study, [row.id for row in rows if row.state == WAITING])
        rows.sort(key=lambda row: (-row.priority, -scores.get(row.id, 2.0), row.received_at))
    return Found(rows[:SHOWN], None if study is None else study.name, len(rows) > SHOWN)


def modalities(connection: Connection, person: Person) -> list[str]:
    """Modalities among the cases that somebody may see."""
    found = connection.execute(
        _query(person, Wanted()).with_only_columns(CASE.c.facts).order_by(None).limit(SHOWN)
    )
    return sorted({str(facts["modality"]) for (facts,) in found if facts.get("modality")})


def next_step(row: Row[Any]) -> str:
    """The screen on which somebody goes on with a case of theirs.

    Args:
        row: of `worklist`.
    """
    if row.state in (DECIDED, *_FINISHED):
        return f"/cases/{row.id}/sign"
    if row.state == LOCKED or row.locked is not None:
        return f"/cases/{row.id}/opinion"
    return f"/cases/{row.id}/{'check' if row.checked_at is None else 'read'}"


def may_release(row: Row[Any]) -> bool:
    """Whether somebody may still give a case of theirs back."""
    return row.taken is not None and row.state == BEING_READ and row.locked is None


def _query(person: Person, wanted: Wanted) -> Any:
    theirs = and_(
        ASSIGNMENT.c.case_id == CASE.c.id, ASSIGNMENT.c.person_id == person.id,
        ASSIGNMENT.c.part != IN_A_STUDY,
    )  # fmt: skip
    own = and_(READING.c.case_id == CASE.c.id, READING.c.person_id == person.id)
    images = select(func.count()).where(IMAGE.c.case_id == CASE.c.id).scalar_subquery()
    query = (
        select(
            CASE.c.id, CASE.c.state, CASE.c.facts, CASE.c.received_at, CASE.c.priority, CASE.c.source,
            ASSIGNMENT.c.id.label("taken"), ASSIGNMENT.c.checked_at, ASSIGNMENT.c.part,
            READING.c.id.label("locked"), images.label("images"), STUDY.c.name.label("study"),
        )
        .join(STUDY, STUDY.c.id == CASE.c.study_id)
        .outerjoin(ASSIGNMENT, theirs)
        .outerjoin(READING, and_(own, READING.c.part == ASSIGNMENT.c.part))
        .where(_in_view(person, wanted.view))
        .order_by(CASE.c.priority.desc(), CASE.c.received_at)
    )  # fmt: skip
    if wanted.study is not None:
        query = query.where(CASE.c.study_id == wanted.study)
    if wanted.modality:
        query = query.where(CASE.c.facts["modality"].as_string() == wanted.modality)
    return query.where(CASE.c.priority >= wanted.priority) if wanted.priority else query


def _in_view(person: Person, view: str) -> ColumnElement[bool]:
    begun = and_(ASSIGNMENT.c.id.is_not(None), CASE.c.state.not_in(_FINISHED))
    if view == MINE:
        return begun
    if view == DONE:
        return and_(ASSIGNMENT.c.id.is_not(None), CASE.c.state.in_(_FINISHED))
    return or_(begun, and_(CASE.c.state == WAITING, free_for(person)))


def _triage(connection: Connection, wanted: Wanted) -> Any | None:
    """The study whose machine orders this list: the one asked for, or the only one; None: none does."""
    if wanted.view != OPEN:
        return None
    query = select(STUDY.c.id, STUDY.c.name, STUDY.c.positive, STUDY.c.policy)
    if wanted.study is not None:
        query = query.where(STUDY.c.id == wanted.study)
    rows = connection.execute(query).all()
    is_on = len(rows) == 1 and rows[0].positive is not None and Policy.of(rows[0].policy).triage
    return rows[0] if is_on else None


def _scores(connection: Connection, study: Any, cases: Sequence[str]) -> dict[str, float]:
    """The machine's estimate of waiting cases; those without one are left out. It leaves the server never."""
    if not cases:
        return {}
    query = (
        select(OPINION.c.case_id, OPINION.c.form["probabilities"].label("told"))
        .join(CASE, CASE.c.id == OPINION.c.case_id)
        .where(CASE.c.study_id == study.id, CASE.c.state == WAITING, OPINION.c.state == READY)
    )
    found = {row.case_id: row.told for row in connection.execute(query)}
    return {
        case: float(told[study.positive]) for case, told in found.items() if told and study.positive in told
    }
