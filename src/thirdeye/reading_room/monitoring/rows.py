"""One row for each first reading: what the doctor said alone, the machine, both together, and the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select

from thirdeye.reading_room.opinions.states import READY
from thirdeye.reading_room.store.tables import (
    CASE,
    DECISION,
    OPINION,
    OUTCOME,
    PLANTED,
    READING,
    REVEAL,
    STUDY,
)
from thirdeye.reading_room.workflow.states import FIRST, UNAIDED

ALONE = "alone"  # the choice of somebody to whom no opinion was shown
_OF_OPINION = ("probabilities", "verdicts", "abstained", "familiarity")  # of its JSON form


@dataclass(frozen=True)
class Watched:
    """A first reading and what became of it.

    Args:
        case, patient: the patient is a pseudonym.
        reader: number of the person.
        at: when the reading was locked.
        seconds: that it took.
        doctor: probability of the positive class before the machine was seen, 0 to 1.
        machine: the machine's own calibrated probability; None: abstained, failed, or still waiting.
        called: whether the machine calls the case positive at its first operating point.
        abstained: whether the machine gave no number.
        pair: the doctor's probability after the second opinion; None before the decision, or unaided.
        choice: "keep", "change", "contest"; None as for `pair`.
        truth: whether the case is positive; None before the outcome is known.
        part: "first" or "unaided".
        planted: whether it is a past case put before the reader because the machine is known to be wrong.
        distance: of the image from what the machine knows; None where it does not say.
    """

    case: str
    patient: str
    reader: int
    at: str
    seconds: float
    doctor: float
    machine: float | None
    called: bool | None
    abstained: bool
    pair: float | None
    choice: str | None
    truth: bool | None
    part: str
    planted: bool
    distance: float | None

    @property
    def aided(self) -> bool:
        """Whether it is a case of the day that was decided with the machine's opinion in view."""
        return self.pair is not None and not self.planted


def watched(connection: Connection, study: int, *, since: str = "", until: str = "~") -> list[Watched]:
    """The first readings of a study in the order in which they were locked.

    Readings that were locked with the machine's opinion in view (concurrent reading) are left out: nobody
    knows what the doctor alone would have said.

    Args:
        study: its number.
        since, until: instants between which the readings were locked, the second excluded; all by default.
    """
    positive = connection.execute(select(STUDY.c.positive).where(STUDY.c.id == study)).scalar()
    found = connection.execute(_wanted().where(
        CASE.c.study_id == study, READING.c.part.in_((FIRST, UNAIDED)),
        READING.c.locked_at >= since, READING.c.locked_at < until,
        or_(REVEAL.c.at.is_(None), REVEAL.c.at > READING.c.locked_at),
    ).order_by(READING.c.locked_at, READING.c.id))  # fmt: skip
    return [_row(one, positive) for one in found]


def _wanted() -> Select[Any]:
    last = select(func.max(OUTCOME.c.id)).group_by(OUTCOME.c.case_id)
    theirs = and_(
        DECISION.c.case_id == READING.c.case_id, DECISION.c.person_id == READING.c.person_id,
        DECISION.c.part == READING.c.part,
    )  # fmt: skip
    seen = and_(REVEAL.c.case_id == READING.c.case_id, REVEAL.c.person_id == READING.c.person_id)
    return (
        select(
            READING.c.case_id, CASE.c.patient, READING.c.person_id, READING.c.locked_at, READING.c.seconds,
            READING.c.probability, READING.c.part, OPINION.c.state, DECISION.c.choice,
            DECISION.c.probability.label("pair"), OUTCOME.c.truth, PLANTED.c.truth.label("planted"),
            *(OPINION.c.form[name].label(name) for name in _OF_OPINION),
        )
        .join(CASE, CASE.c.id == READING.c.case_id)
        .outerjoin(OPINION, OPINION.c.case_id == READING.c.case_id)
        .outerjoin(DECISION, theirs)
        .outerjoin(REVEAL, seen)
        .outerjoin(PLANTED, PLANTED.c.case_id == READING.c.case_id)
        .outerjoin(OUTCOME, and_(OUTCOME.c.case_id == CASE.c.id, OUTCOME.c.id.in_(last)))
    )  # fmt: skip


def _row(one: Row[Any], positive: str | None) -> Watched:
    form = {name: getattr(one, name) for name in _OF_OPINION} if one.state == READY else {}
    machine, alone = _probability(form, positive), one.choice in (None, ALONE)
    truth = one.planted or one.truth
    return Watched(
        case=one.case_id, patient=one.patient, reader=one.person_id, at=one.locked_at, seconds=one.seconds,
        doctor=one.probability, machine=machine, called=None if machine is None else called(form, machine),
        abstained=bool(form.get("abstained")), pair=None if alone else one.pair,
        choice=None if alone else one.choice,
        truth=None if truth is None or positive is None else truth == positive,
        part=UNAIDED if one.choice == ALONE else one.part, planted=one.planted is not None,
        distance=(form.get("familiarity") or {}).get("distance"),
    )  # fmt: skip


def _probability(form: Mapping[str, Any], positive: str | None) -> float | None:
    found = (form.get("probabilities") or {}).get(positive)
    return None if found is None or form.get("abstained") else float(found)


def called(form: Mapping[str, Any], probability: float) -> bool:
    """Whether an opinion calls a case positive: at its first operating point, else from a half on."""
    verdicts = form.get("verdicts") or ()
    return bool(verdicts[0]["positive"]) if verdicts else probability >= 0.5
