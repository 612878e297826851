"""An opinion is asked of the study's reader, sealed together with its pictures, and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select, update

from thirdeye.errors import ThirdEyeError, UnreadableFile
from thirdeye.reading_room.arrivals.files import keep_bytes
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.discreet import nameless
from thirdeye.reading_room.opinions.asked import Answer, ask
from thirdeye.reading_room.opinions.states import AWAITED, FAILED, READY
from thirdeye.reading_room.pictures.intact import intact
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import CASE, OPINION
from thirdeye.reading_room.workflow.cases import images_of


def make_opinion(room: Room, case: str, reader: Any, *, study: Path | None = None) -> bool:
    """Read a case in this process and keep the opinion.

    Args:
        case: whose opinion is waiting.
        reader: of the case's study, as `thirdeye.inference.readers.open_reader` gives it.
        study: its folder; None: the first of the room.

    Returns:
        Whether there is an opinion now.
    """
    place = study or room.settings.studies[0]
    return kept(room, case, lambda files, slices: ask(reader, place, files, slices))


def kept(room: Room, case: str, asked: Callable[[list[Path], list[bool]], Answer]) -> bool:
    """Have a case read and keep what comes of it.

    A case that grew meanwhile is asked for again by what let it grow: what was said of fewer images is not
    kept.

    Args:
        case: whose opinion is waiting.
        asked: the case's files, and which of them are slices of a volume, to the answer.

    Returns:
        Whether there is an opinion now.
    """
    with room.database.reading() as connection:
        images = images_of(connection, case)
    files, slices = [room.images / one.file for one in images], ["slice" in one.facts for one in images]
    read = _seal(images)
    if not files:
        return fail(room, case, "the case has no images", read=read)
    try:
        answer = asked([intact(path) for path in files], slices)
    except UnreadableFile as error:
        return fail(room, case, nameless(f"the image {error.reason}", files), read=read)
    except ThirdEyeError as error:
        return fail(room, case, nameless(str(error), files), read=read)
    names = {name: keep_bytes(room.images, content, ".png") for name, content in answer.pictures.items()}
    results = {
        name: keep_bytes(room.images, content, Path(name).suffix) for name, content in answer.files.items()
    }
    seals = {name: hashlib.sha256(content).hexdigest() for name, content in answer.pictures.items()}
    form = {**answer.form, "pictures": seals, "files": results}
    values = {"form": form, "pictures": names, "sha256": digest(form), "error": None}
    return _keep(room, case, answer.remarks, read, state=READY, **values)


def fail(room: Room, case: str, said: str, *, read: str | None = None) -> bool:
    """There is no opinion; False.

    Args:
        said: one sentence, without a name.
        read: what `_seal` says of the images that it is about; None: of whatever the case has.
    """
    _keep(room, case, (), read, state=FAILED, error=said[:500])
    return False


def _seal(images: Sequence[Row[Any]]) -> str:
    """Changes with the images of a case, their order, and which of them are slices of a volume."""
    return digest([[one.file, "slice" in one.facts] for one in images])


def _keep(room: Room, case: str, remarks: tuple[str, ...], read: str | None, **values: Any) -> bool:
    """Whether it was kept: it was still waited for, and is about the images that the case has now."""
    with room.acting(None) as act:
        waiting = (OPINION.c.case_id == case, OPINION.c.state == AWAITED)
        if act.connection.execute(select(OPINION.c.id).where(*waiting)).first() is None:
            return False  # somebody else was faster
        if read is not None and read != _seal(images_of(act.connection, case)):
            return False  # it grew meanwhile
        act.connection.execute(update(OPINION).where(*waiting).values(**values, made_at=act.at))
        row = act.connection.execute(select(CASE).where(CASE.c.id == case)).one()
        act.connection.execute(update(CASE).where(CASE.c.id == case).values(warnings=_warnings(row, remarks)))
        act.record(f"opinion.{values['state']}", case=case, sha256=values.get("sha256"))
    return True


def _warnings(row: Row[Any], remarks: tuple[str, ...]) -> list[Any]:
    """Those of the arrival, and what is unusual about the images for the reader; nothing of its answer."""
    known: list[Any] = list(row.warnings)
    return known + [one for one in remarks if one not in known]
