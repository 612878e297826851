"""An examination becomes a case: waits for a reader, is kept back with its reason, or was here before."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from thirdeye.intake.workers import Lost
from thirdeye.reading_room.arrivals.alarm import TWO_PATIENTS, raise_alarm
from thirdeye.reading_room.arrivals.archives import unpacked_into
from thirdeye.reading_room.arrivals.examinations import Examination, Part
from thirdeye.reading_room.arrivals.files import keep_file
from thirdeye.reading_room.arrivals.grow import grow
from thirdeye.reading_room.arrivals.looked import Looked
from thirdeye.reading_room.arrivals.take_in import Arrival, Kept, add_case
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import CASE


@dataclass(frozen=True)
class Entered:
    """What became of an examination.

    Args:
        case: its name.
        state: "new", "again", "grown", "kept_back".
        priority: of the case.
        reason: word of why it is kept back; "": it is not.
    """

    case: str
    state: str
    priority: int = 0
    reason: str = ""

    @property
    def needs_opinion(self) -> bool:
        """Whether its opinion is to be made now."""
        return self.state in ("new", "grown")


def enter(
    room: Room,
    row: Row[Any],
    folder: Path,
    examination: Examination,
    images: Sequence[dict[str, Any] | Lost] | None,
    names: Mapping[str, str],
) -> Entered:
    """Take an examination in.

    Args:
        row: of the arrival.
        folder: where its files lie.
        examination: sorted out.
        images: facts of each part, or why it cannot be decoded; None: nobody has tried.
        names: that the files came with.
    """
    lost = next((one for one in images or () if isinstance(one, Lost)), None)
    trouble = examination.trouble or ("unreadable" if lost else "")
    detail = examination.detail or (lost.reason if lost else "")
    facts = [one if isinstance(one, dict) else {} for one in images or [{}] * len(examination.parts)]
    kept = [
        one
        for part, known in zip(examination.parts, facts, strict=True)
        for one in _kept(room, folder, part, known)
    ]
    arrival = _arrival(room, row, examination, kept, names, trouble, _nameless(detail, examination))
    with room.acting(row.person_id) as act:
        return _entered(act, row, arrival, trouble)


def _entered(act: Act, row: Row[Any], arrival: Arrival, trouble: str) -> Entered:
    priority = arrival.priority
    whole = digest([row.study_id, sorted(one.sha256 for one in arrival.images)])
    known = act.connection.execute(select(CASE.c.id).where(CASE.c.digest == whole)).scalar()
    if known is not None:
        act.record("case.came_again", case=str(known))
        return Entered(str(known), "again", priority)
    grown = grow(act, row.study_id, arrival) if not trouble and arrival.examination else None
    if grown is not None and grown[1] != "differs":
        return Entered(*grown, priority)
    if grown is not None:
        arrival, trouble = replace(arrival, reason="same_uid"), "same_uid"
    if raise_alarm(act, arrival) and not trouble:
        arrival, trouble = replace(arrival, reason=TWO_PATIENTS), TWO_PATIENTS
    case = add_case(act, row.study_id, arrival, whole)
    return Entered(case, "kept_back" if trouble else "new", priority, trouble)


def _arrival(
    room: Room, row: Row[Any], examination: Examination, kept: Sequence[Kept], names: Mapping[str, str],
    trouble: str, detail: str,
) -> Arrival:  # fmt: skip
    first, asked = examination.parts[0].looked[0], row.asked
    identity, facts = dict(first.identity), dict(first.facts)
    if first.kind != "dicom":
        identity |= {"file": came_as(first.file, names)} | _said(asked, "patient", "id")
        facts |= _said(asked, "side", "side")
    who = examination.patient or identity.get("id", "")
    patient = pseudonym(room, who) if who else f"patient-{secrets.token_hex(6)}"
    remarks = [*examination.remarks, *_looks(kept)]
    if trouble:
        remarks = [detail] if detail else []
    return Arrival(
        patient=patient, source=row.source, identity={k: v for k, v in identity.items() if v}, facts=facts,
        warnings=remarks, images=kept, reason=trouble or None,
        examination=pseudonym(room, f"{who} {examination.uid}") if examination.uid else None,
        priority=int(asked.get("priority", 0)),
    )  # fmt: skip


def came_as(file: str, names: Mapping[str, str]) -> str:
    """What a file was called by whoever brought it; one of an archive with the name of the archive.

    Args:
        file: as it lies in the arrival.
        names: number of each file that came to its name.
    """
    first, *inside = file.split("/")
    known = {unpacked_into(number): name for number, name in names.items()} if inside else names
    return "/".join((known.get(first, ""), *inside)).strip("/")


def pseudonym(room: Room, said: str) -> str:
    """The same text for the same patient or examination; keyed, so that nobody can try names."""
    return "patient-" + hmac.new(room.key, said.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:12]


def _said(asked: Mapping[str, Any], name: str, shown_as: str) -> dict[str, str]:
    return {shown_as: str(asked[name])} if asked.get(name) else {}


def _looks(kept: Sequence[Kept]) -> list[str]:
    return ["warning_constant"] if any(one.facts.get("constant") for one in kept) else []


def _kept(room: Room, folder: Path, part: Part, known: dict[str, Any]) -> list[Kept]:
    """The files of a part, each an image of its own; slices of one volume say which they are."""
    facts = {name: value for name, value in known.items() if name != "slices" or not part.selector}
    if part.frames > 1:
        facts["frames"] = part.frames
    found = []
    for number, one in enumerate(part.looked, 1):
        ending = ".dcm" if one.kind == "dicom" else None
        name = keep_file(room.images, folder / one.file, ending=ending)
        place = {"slice": number, "of": len(part.looked)} if part.selector else {}
        kind = "plane" if part.selector else part.kind
        found.append(Kept(name, name.split(".")[0], kind, {**facts, **place, **_origin(room, one)}))
    return found


def _origin(room: Room, one: Looked) -> dict[str, Any]:
    """Pseudonyms of the series and the instance, by which what comes again is known."""
    uids = {} if one.header is None else {"series": one.header.series_uid, "instance": one.header.sop_uid}
    return {name: pseudonym(room, uid).removeprefix("patient-") for name, uid in uids.items() if uid}


def _nameless(said: str, examination: Examination) -> str:
    for part in examination.parts:
        for one in part.looked:
            said = said.replace(one.file, "the file").replace(one.file.rpartition("/")[2], "the file")
    return said[:500]
