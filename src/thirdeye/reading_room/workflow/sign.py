"""The signature: a statement is shown, and exactly that statement is signed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select, update

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.audit.sealed import add
from thirdeye.reading_room.people.person import Person
from thirdeye.reading_room.refusal import Refusal
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, DECISION, DELIVERY, OPINION, READING, SIGNATURE
from thirdeye.reading_room.telling.named import names_kept
from thirdeye.reading_room.telling.statement import Findings, statement
from thirdeye.reading_room.workflow.cases import case_of
from thirdeye.reading_room.workflow.planted import planted
from thirdeye.reading_room.workflow.policy import Policy
from thirdeye.reading_room.workflow.reveal import saw_first, shown_to
from thirdeye.reading_room.workflow.second_reading import BLIND, Result, result_of
from thirdeye.reading_room.workflow.shown import STATEMENT, remember
from thirdeye.reading_room.workflow.states import CLOSED, DECIDED, SECOND_READER, SIGNED


def to_sign(act: Act, case: str, person: Person, *, present: Collection[str]) -> dict[str, Any]:
    """The statement that somebody is asked to sign, in their language; kept as shown.

    Args:
        present: hashes of the models that work in the room now.

    Raises:
        Refusal: 404 not their case, 403 before it is decided, 409 signed already, planted, or the model was
            changed since its opinion was shown.
    """
    said = statement(_findings(act, case, person, present), person.language)
    remember(act, case, person, STATEMENT, said)
    return said


def sign(
    act: Act, case: str, person: Person, *, statement_sha256: str, present: Collection[str], archive: bool
) -> None:
    """Sign the statement that was shown.

    Args:
        statement_sha256: of the statement as it was shown.
        present: hashes of the models that work in the room now.
        archive: whether there is one that the result is sent to.

    Raises:
        Refusal: as of `to_sign`; 409 when the statement is another one by now.
    """
    found = _findings(act, case, person, present)
    if digest(statement(found, person.language)) != statement_sha256:
        raise Refusal(409, "statement_changed", action="signature.refused", case=case)
    kept = add(act.connection, SIGNATURE, {
        "case_id": case, "person_id": person.id, "probability": found.probability, "answer": found.answer,
        "statement_sha256": statement_sha256, "model_sha256": found.model_sha256, "at": act.at,
    })  # fmt: skip
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=SIGNED))
    way = "waiting" if archive else "nowhere"
    act.connection.execute(insert(DELIVERY).values(case_id=case, state=way, objects={}, at=act.at))
    act.record("case.signed", case=case, statement=statement_sha256, model=found.model_sha256, **kept)


def ask_second_reader(act: Act, case: str, person: Person) -> None:
    """Send a decided case to a second reader: the way on where the model was changed in between.

    Raises:
        Refusal: 403 for a case that is not to be signed, or that two have read.
    """
    row = case_of(act.connection, case, person)
    blind = select(READING.c.id).where(READING.c.case_id == case, READING.c.part.in_(BLIND))
    if row.state != DECIDED or row.part in BLIND or act.connection.execute(blind).first() is not None:
        raise Refusal(403, "decide_first", action="signature.refused", case=case)
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(state=SECOND_READER))
    act.record("case.second_reader_asked", case=case)


def _findings(act: Act, case: str, person: Person, present: Collection[str]) -> Findings:
    row = case_of(act.connection, case, person)
    _refuse(act, row)
    result = result_of(act.connection, case, within=Policy.of(row.policy).second_reader_at)
    mine = (DECISION.c.case_id == case, DECISION.c.person_id == person.id)
    decision = act.connection.execute(select(DECISION).where(*mine)).first()
    if decision is None:
        raise Refusal(404, "no_such_case", action="case.refused")
    reading = act.connection.execute(
        select(READING).where(
            READING.c.case_id == case, READING.c.person_id == person.id, READING.c.part == decision.part
        )
    ).one()
    opinion = _shown_opinion(act, case, person, result, present)
    return Findings(
        case=case, positive=row.positive, probability=result.probability, answer=result.answer,
        how=result.how, values=result.values, choice=decision.choice, locked=reading.probability,
        locked_answer=reading.answer, reason=decision.reason,
        opinion=None if opinion is None else opinion.form,
        opinion_sha256=None if opinion is None else opinion.sha256,
        model_sha256=None if opinion is None else opinion.model_sha256,
        seen_first=saw_first(shown_to(act, case, person), reading), names=names_kept(row.names),
    )  # fmt: skip


def _refuse(act: Act, row: Any) -> None:
    if planted(act.connection, row.id) is not None:
        raise Refusal(409, "planted", action="signature.refused", case=row.id)
    if row.state in (SIGNED, CLOSED):
        raise Refusal(409, "signed", action="signature.refused", case=row.id)
    if row.state != DECIDED:
        raise Refusal(403, "decide_first", action="signature.refused", case=row.id)


def _shown_opinion(act: Act, case: str, person: Person, result: Result, present: Collection[str]) -> Any:
    """The opinion that was shown; None where none was.

    Without a second reader the model has to be the one that was shown, on disk and in the store.
    """
    shown = shown_to(act, case, person)
    if shown is None:
        return None
    opinion = act.connection.execute(select(OPINION).where(OPINION.c.case_id == case)).one()
    same = (opinion.sha256, opinion.model_sha256) == (shown.opinion_sha256, shown.model_sha256)
    if not same or digest(opinion.form) != shown.opinion_sha256:
        raise Refusal(409, "opinion_changed", action="signature.refused", case=case)
    if shown.model_sha256 not in present and result.how == "first":
        raise Refusal(409, "model_changed", action="signature.refused", case=case)
    return opinion
