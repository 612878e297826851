"""Which cases may be learnt from: proven, signed, consented to, and not kept for acceptance tests."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from thirdeye.intake.consent import Consent, aliases, verdict
from thirdeye.reading_room.arrivals.enter import pseudonym
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import CASE, IMAGE, OPINION, OUTCOME, PLANTED
from thirdeye.reading_room.workflow.states import CLOSED
from thirdeye.reading_room.workflow.states import STUDY as IN_A_STUDY

PROVEN = ("histology", "follow_up", "other_examination", "consensus")
FROZEN_SHARE = 0.2  # of patients, kept for acceptance tests for good
TRAIN, FROZEN = "train", "frozen"
# Why a case is left out, the first that holds.
REASONS = ("open", "planted", "unproven", "no_consent", "withdrawn", "other_purpose", "no_file")
_CONSENT = {"missing": "no_consent", "withdrawn": "withdrawn", "scope": "other_purpose"}


@dataclass(frozen=True)
class Proven:
    """A case that may be used.

    Args:
        case, patient: the patient is a pseudonym of this room.
        label: the truth, as it was entered last.
        proof: one of `PROVEN`.
        files: names of its images in the room, in their order.
        part: "train", or "frozen" for acceptance tests.
    """

    case: str
    patient: str
    label: str
    proof: str
    files: tuple[str, ...]
    part: str


@dataclass(frozen=True)
class Eligible:
    """What there is.

    Args:
        cases: that may be used.
        left_out: reason of `REASONS` to the number of cases.
    """

    cases: tuple[Proven, ...]
    left_out: Mapping[str, int]

    def of(self, part: str) -> tuple[Proven, ...]:
        """The cases of a part."""
        return tuple(one for one in self.cases if one.part == part)


def eligible(
    room: Room, connection: Connection, study: int, consents: Sequence[Consent] | None, *,
    scope: str | None = None, as_of: datetime.date | None = None,
) -> Eligible:  # fmt: skip
    """The cases of a study that may be used, and why others may not.

    Args:
        room: open.
        connection: to its store.
        study: number.
        consents: rows of the table of `thirdeye.intake.consent.read_consents`, with the patients' names as
            the hospital says them or as pseudonyms; None: consent is not asked about (for counting only).
        scope: purpose.
        as_of: day; None: today.
    """
    day = as_of or room.clock().date()
    known = None if consents is None else _by_patient(room, consents)
    files: dict[str, list[str]] = {}
    wanted = select(IMAGE.c.case_id, IMAGE.c.file).join(CASE).where(CASE.c.study_id == study)
    for image in connection.execute(wanted.order_by(IMAGE.c.case_id, IMAGE.c.position)):
        files.setdefault(image.case_id, []).append(image.file)
    cases, left_out = [], Counter[str]()
    for row in connection.execute(_wanted(study)):
        reason = _reason(row, known, scope, day, files)
        if reason is not None:
            left_out[reason] += 1
            continue
        cases.append(
            Proven(
                row.id, row.patient, row.truth, row.proof, tuple(files[row.id]), part_of(room, row.patient)
            )
        )
    return Eligible(tuple(cases), {name: left_out[name] for name in REASONS if left_out[name]})


def part_of(room: Room, patient: str) -> str:
    """Whether a patient is kept for acceptance tests: decided by the room's key, once and for all.

    No list has to be kept, nobody can choose, and all cases of a patient are on one side.
    """
    drawn = hmac.new(room.key, f"frozen {patient}".encode(), hashlib.sha256).digest()
    return FROZEN if int.from_bytes(drawn[:8], "big") < FROZEN_SHARE * 2**64 else TRAIN


def _wanted(study: int) -> Any:
    last = select(func.max(OUTCOME.c.id)).group_by(OUTCOME.c.case_id)
    return (
        select(CASE.c.id, CASE.c.patient, CASE.c.state, OUTCOME.c.truth, OUTCOME.c.proof,
               PLANTED.c.id.label("planted"), OPINION.c.state.label("opinion"))
        .outerjoin(OUTCOME, (OUTCOME.c.case_id == CASE.c.id) & OUTCOME.c.id.in_(last))
        .outerjoin(PLANTED, PLANTED.c.case_id == CASE.c.id)
        .outerjoin(OPINION, OPINION.c.case_id == CASE.c.id)
        .where(CASE.c.study_id == study, CASE.c.state != IN_A_STUDY)
        .order_by(CASE.c.received_at, CASE.c.id)
    )  # fmt: skip


def _reason(
    row: Row[Any], known: Mapping[str, Sequence[Consent]] | None, scope: str | None, day: datetime.date,
    files: Mapping[str, Sequence[str]],
) -> str | None:  # fmt: skip
    if row.planted is not None:
        return "planted"
    if row.state != CLOSED:
        return "open"
    if row.truth is None or row.proof not in PROVEN:
        return "unproven"
    if not files.get(row.id):
        return "no_file"
    if known is None:
        return None
    return _CONSENT.get(verdict(known.get(row.patient, ()), scope=scope, as_of=day))


def _by_patient(room: Room, consents: Sequence[Consent]) -> dict[str, list[Consent]]:
    found: dict[str, list[Consent]] = {}
    for consent in consents:
        for name in {*aliases(consent.patient), pseudonym(room, consent.patient)}:
            found.setdefault(name, []).append(consent)
    return found
