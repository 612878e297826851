"""One series of two patients, also where they come one after the other: an alarm, whatever came first."""

from __future__ import annotations

from sqlalchemy import select, update

from thirdeye.reading_room.arrivals.take_in import Arrival
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, IMAGE
from thirdeye.reading_room.workflow.states import DISCARDED, QUARANTINED, WAITING

TWO_PATIENTS = "two_patients"


def raise_alarm(act: Act, arrival: Arrival) -> bool:
    """Whether a series of this arrival is here under another patient; then those cases are marked too.

    A case that waits is kept back; one that somebody reads already bears the warning from now on.
    """
    series = {str(one.facts["series"]) for one in arrival.images if one.facts.get("series")}
    if not series:
        return False
    under = select(IMAGE.c.case_id).where(IMAGE.c.facts["series"].as_string().in_(series))
    rows = act.connection.execute(
        select(CASE.c.id, CASE.c.state, CASE.c.warnings).where(
            CASE.c.id.in_(under), CASE.c.patient != arrival.patient, CASE.c.state != DISCARDED
        )
    ).all()
    for row in rows:
        _mark(act, row.id, row.state, list(row.warnings))
    return bool(rows)


def _mark(act: Act, case: str, state: str, warnings: list[str]) -> None:
    this = update(CASE).where(CASE.c.id == case)
    if state == WAITING:
        act.connection.execute(this.values(state=QUARANTINED, reason=TWO_PATIENTS))
        act.record("case.kept_back", case=case, why=TWO_PATIENTS)
    elif state != QUARANTINED and "warning_other_patient" not in warnings:
        act.connection.execute(this.values(warnings=[*warnings, "warning_other_patient"]))
        act.record("case.warned", case=case, why=TWO_PATIENTS)
