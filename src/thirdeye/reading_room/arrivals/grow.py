"""Images of an examination that is here already: nothing new, or more of it."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select, update

from thirdeye.reading_room.arrivals.take_in import Arrival, Kept, add_image
from thirdeye.reading_room.opinions.states import AWAITED
from thirdeye.reading_room.room import Act
from thirdeye.reading_room.store.tables import CASE, IMAGE, OPINION
from thirdeye.reading_room.workflow.states import QUARANTINED, WAITING


def grow(act: Act, study: int, arrival: Arrival) -> tuple[str, str] | None:
    """Compare with what is here of the examination.

    Args:
        study: of the case.
        arrival: of an examination with an identifier.

    Returns:
        The case, and "again", "grown" or "differs" (other pixels or another header under identifiers that
        are here already); None: it becomes a case of its own.
    """
    same = (CASE.c.examination == arrival.examination, CASE.c.study_id == study)
    row = act.connection.execute(
        select(CASE.c.id, CASE.c.state)
        .where(*same, CASE.c.state != QUARANTINED)
        .order_by(CASE.c.received_at.desc())
    ).first()
    if row is None:
        return None
    kept = act.connection.execute(
        select(IMAGE.c.sha256, IMAGE.c.facts).where(IMAGE.c.case_id == row.id)
    ).all()
    known = {one.facts["instance"] for one in kept if "instance" in one.facts}
    new = [one for one in arrival.images if one.facts.get("instance") not in known]
    if not new and {one.sha256 for one in arrival.images} <= {one.sha256 for one in kept}:
        act.record("case.came_again", case=row.id)
        return row.id, "again"
    if not new:
        return row.id, "differs"
    if row.state != WAITING or not known:
        _tell(act, row.id)
        return None  # somebody has taken it: nothing is changed under their eyes
    return _grown(act, row.id, new)


def _tell(act: Act, case: str) -> None:
    """Whoever reads a case is told at its check that more of it has come."""
    known = act.connection.execute(select(CASE.c.warnings).where(CASE.c.id == case)).scalar_one()
    warnings = list(dict.fromkeys([*known, "warning_more"]))
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(warnings=warnings))
    act.record("case.warned", case=case, why="more")


def _grown(act: Act, case: str, new: list[Kept]) -> tuple[str, str]:
    last = act.connection.execute(
        select(func.max(IMAGE.c.position)).where(IMAGE.c.case_id == case)
    ).scalar_one()
    for position, one in enumerate(new, int(last) + 1):
        add_image(act, case, position, one)
    _one_volume(act, case)
    act.connection.execute(
        update(OPINION)
        .where(OPINION.c.case_id == case)
        .values(state=AWAITED, form=None, pictures=None, sha256=None, error=None, made_at=None)
    )
    whole = secrets.token_hex(32)  # no longer what came at first
    act.connection.execute(update(CASE).where(CASE.c.id == case).values(digest=whole))
    act.record("case.grew", case=case, images=len(new))
    return case, "grown"


def _one_volume(act: Act, case: str) -> None:
    """Slices that came late, even one by one, belong to the volume of their series: it is decoded again."""
    rows = act.connection.execute(
        select(IMAGE.c.id, IMAGE.c.facts).where(IMAGE.c.case_id == case).order_by(IMAGE.c.position)
    ).all()
    for series in {row.facts.get("series") for row in rows if "slice" in row.facts} - {None}:
        slices = [row for row in rows if row.facts.get("series") == series]
        for number, row in enumerate(slices, 1):
            facts = {**row.facts, "slice": number, "of": len(slices)}
            act.connection.execute(update(IMAGE).where(IMAGE.c.id == row.id).values(facts=facts))
