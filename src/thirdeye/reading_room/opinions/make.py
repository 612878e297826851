"""An opinion is asked of the study's reader and sealed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from thirdeye.errors import ThirdEyeError
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import OPINION
from thirdeye.reading_room.workflow.cases import images_of


def make_opinion(room: Room, case: str, reader: Any) -> bool:
    """Read a case and keep the opinion.

    Args:
        case: whose opinion is waiting.
        reader: of the case's study, as `thirdeye.inference.readers.open_reader` gives it.

    Returns:
        Whether there is an opinion now.
    """
    with room.database.reading() as connection:
        files = [room.images / one.file for one in images_of(connection, case)]
    try:
        form = _form(reader, files)
    except ThirdEyeError as error:
        _keep(room, case, state="failed", error=_nameless(str(error), files))
        return False
    _keep(room, case, state="ready", form=form, sha256=digest(form))
    return True


def _form(reader: Any, files: list[Path]) -> dict[str, Any]:
    form: dict[str, Any] = reader.read(files[0]).as_json()
    return {**form, "source": "image 1"}


def _keep(room: Room, case: str, **values: Any) -> None:
    with room.acting(None) as act:
        waiting = (OPINION.c.case_id == case, OPINION.c.state == "waiting")
        if act.connection.execute(select(OPINION.c.id).where(*waiting)).first() is None:
            return  # somebody else was faster
        act.connection.execute(update(OPINION).where(*waiting).values(**values, made_at=act.at))
        act.record(f"opinion.{values['state']}", case=case, sha256=values.get("sha256"))


def _nameless(said: str, files: list[Path]) -> str:
    for path in files:
        said = said.replace(str(path), "the image").replace(path.name, "the image")
    return said
