"""A case taken into the room: its files under names that say nothing, its rows, its opinion asked for."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from thirdeye.reading_room.arrivals.files import keep_file
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.opinions.states import AWAITED
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import CASE, IMAGE, OPINION, STUDY
from thirdeye.reading_room.workflow.states import QUARANTINED, WAITING


@dataclass(frozen=True)
class Kept:
    """An image that lies in the room.

    Args:
        file: in the folder of images: a hash with an ending.
        sha256: of the file.
        kind: "plane", "volume" (of a lone file), "slide".
        facts: rows, columns, slices, frames, spacing_mm, bits; ``slice`` and ``of`` of a file that is a slice
            of a volume; ``series`` and ``instance``: pseudonyms of its UIDs.
    """

    file: str
    sha256: str
    kind: str = "plane"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """What came in, looked through and found fit to be shown, or to be kept back.

    Args:
        files: the images of one examination of one patient, still to be copied into the room.
        patient: pseudonym.
        identity: what a reader compares with the patient before them; kept in the store alone.
        facts: modality, view, side, date.
        kinds: of each file: "plane", "volume", "slide".
        warnings: words of `check.json` ("warning_charset"), or sentences.
        source: "upload", "folder", "archive".
        images: those that lie in the room already; instead of `files`.
        reason: word of the reason why it is kept back; None: it is not.
        examination: pseudonym of the examination; None: nobody says.
        priority: 0 routine, 1 urgent, 2 emergency.
    """

    patient: str
    source: str
    files: Sequence[Path] = ()
    identity: Mapping[str, str] = field(default_factory=dict, repr=False)
    facts: Mapping[str, Any] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    warnings: Sequence[str] = ()
    images: Sequence[Kept] = ()
    reason: str | None = None
    examination: str | None = None
    priority: int = 0


def take_in(room: Room, study: int, arrival: Arrival, *, person: int | None = None) -> str:
    """Take a case in; the same examination twice is one.

    Args:
        study: whose reader gives the second opinion.
        arrival: what came.
        person: who brought it; None: the room itself.

    Returns:
        The case.
    """
    names = [keep_file(room.images, path) for path in arrival.files]
    kinds = arrival.kinds or ["plane"] * len(names)
    images = list(arrival.images) or [
        Kept(name, name.split(".")[0], kind) for name, kind in zip(names, kinds, strict=True)
    ]
    whole = digest([study, sorted(one.sha256 for one in images)])
    with room.acting(person) as act:
        known = act.connection.execute(select(CASE.c.id).where(CASE.c.digest == whole)).scalar()
        if known is not None:
            act.record("case.came_again", case=known)
            return str(known)
        return add_case(act, study, arrival, whole, images)


def add_case(act: Act, study: int, arrival: Arrival, whole: str, images: Sequence[Kept] | None = None) -> str:
    """The rows of a new case.

    Args:
        study: whose reader gives the second opinion.
        arrival: what came.
        whole: digest of all its images.
        images: None: those of the arrival.

    Returns:
        The case.
    """
    case, shown = secrets.token_urlsafe(16), arrival.images if images is None else images
    act.connection.execute(
        insert(CASE).values(
            id=case, study_id=study, state=QUARANTINED if arrival.reason else WAITING,
            patient=arrival.patient, identity=dict(arrival.identity), facts=dict(arrival.facts),
            warnings=list(arrival.warnings), source=arrival.source, digest=whole, received_at=act.at,
            reason=arrival.reason, examination=arrival.examination, priority=arrival.priority,
        )
    )  # fmt: skip
    for position, one in enumerate(shown):
        add_image(act, case, position, one)
    model = act.connection.execute(select(STUDY.c.model_sha256).where(STUDY.c.id == study)).scalar_one()
    act.connection.execute(insert(OPINION).values(case_id=case, model_sha256=model, state=AWAITED))
    told: dict[str, Any] = {"source": arrival.source, "images": len(shown)}
    if arrival.reason:
        act.record("case.kept_back", case=case, why=arrival.reason, **told)
    else:
        act.record("case.received", case=case, **told)
    return case


def add_image(act: Act, case: str, position: int, image: Kept) -> None:
    """The row of an image.

    Args:
        position: in its case, from 0.
    """
    act.connection.execute(
        insert(IMAGE).values(
            id=secrets.token_urlsafe(16), case_id=case, position=position, file=image.file,
            sha256=image.sha256, kind=image.kind, facts=dict(image.facts),
        )
    )  # fmt: skip
