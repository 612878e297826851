"""A case taken into the room: its files under names that say nothing, its rows, its opinion asked for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import CASE, IMAGE, OPINION, STUDY
from thirdeye.reading_room.workflow.states import WAITING


@dataclass(frozen=True)
class Arrival:
    """What came in, looked through and found fit to be shown.

    Args:
        files: the images of one examination of one patient.
        patient: pseudonym.
        identity: what a reader compares with the patient before them; kept in the store alone.
        facts: modality, view, side, date.
        kinds: of each file: "plane", "volume", "slide".
        warnings: sentences.
        source: "upload", "folder", "archive".
    """

    files: Sequence[Path]
    patient: str
    source: str
    identity: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    warnings: Sequence[str] = ()


def take_in(room: Room, study: int, arrival: Arrival, *, person: int | None = None) -> str:
    """Take a case in; the same examination twice is one.

    Args:
        study: whose reader gives the second opinion.
        arrival: what came.
        person: who brought it; None: the room itself.

    Returns:
        The case.
    """
    room.images.mkdir(exist_ok=True, mode=0o700)
    hashes = [_kept(room.images, path) for path in arrival.files]
    whole = digest([study, sorted(hashes)])
    with room.acting(person) as act:
        known = act.connection.execute(select(CASE.c.id).where(CASE.c.digest == whole)).scalar()
        if known is not None:
            act.record("case.came_again", case=known)
            return str(known)
        return _entered(act, study, arrival, hashes, whole)


def _entered(act: Act, study: int, arrival: Arrival, hashes: Sequence[str], whole: str) -> str:
    case = secrets.token_urlsafe(16)
    act.connection.execute(
        insert(CASE).values(
            id=case, study_id=study, state=WAITING, patient=arrival.patient, identity=dict(arrival.identity),
            facts=dict(arrival.facts), warnings=list(arrival.warnings), source=arrival.source, digest=whole,
            received_at=act.at,
        )
    )  # fmt: skip
    kinds = arrival.kinds or ["plane"] * len(hashes)
    for position, (name, kind) in enumerate(zip(hashes, kinds, strict=True)):
        act.connection.execute(
            insert(IMAGE).values(
                id=secrets.token_urlsafe(16), case_id=case, position=position, file=name,
                sha256=name.split(".")[0], kind=kind, facts={},
            )
        )  # fmt: skip
    model = act.connection.execute(select(STUDY.c.model_sha256).where(STUDY.c.id == study)).scalar_one()
    act.connection.execute(insert(OPINION).values(case_id=case, model_sha256=model, state="waiting"))
    act.record("case.received", case=case, source=arrival.source, images=len(hashes))
    return case


def _kept(folder: Path, path: Path) -> str:
    """The file copied into the room; named by its hash and the ending that tells its format."""
    content = path.read_bytes()
    endings = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    name = hashlib.sha256(content).hexdigest() + (
        endings.lower() if endings[1:].replace(".", "").isalnum() else ""
    )
    if not (folder / name).exists():
        half = folder / f"{name}.{secrets.token_hex(4)}.part"
        half.write_bytes(content)
        half.replace(folder / name)
    return name
