"""The studies whose readers work in a room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update

from thirdeye.case.study import Study
from thirdeye.case.study_names import names_of
from thirdeye.inference.manifest import manifest_form
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Act, Room
from thirdeye.reading_room.store.tables import STUDY
from thirdeye.reading_room.workflow.policy import Policy


def enter_studies(room: Room) -> dict[int, Path]:
    """Enter the studies that the room was opened with; a study that changed its model is a new one.

    What the classes of a study are called is taken from its folder each time.

    Returns:
        The number of each study to its folder.

    Raises:
        StudyMismatch: there is no reader in a folder, or the names of its classes are damaged.
    """
    return {_entered(room, path): path for path in room.settings.studies}


def _entered(room: Room, path: Path) -> int:
    form = manifest_form(Study(path))
    model, classes = digest(form), list(form.get("classes", []))
    names = names_of(Study(path), classes).as_json()
    with room.acting(None) as act:
        known = act.connection.execute(select(STUDY).where(STUDY.c.model_sha256 == model)).first()
        if known is not None:
            _renamed(act, known, names)
            return int(known.id)
        made = act.connection.execute(
            insert(STUDY).values(
                name=path.resolve().name, model_sha256=model, task=str(form.get("task")),
                positive=form.get("positive"), classes=classes, names=names,
                policy=Policy().as_json(), opened_at=act.at,
            ).returning(STUDY.c.id)
        )  # fmt: skip
        number = int(made.scalar_one())
        act.record("study.entered", study=number, model=model)
        return number


def _renamed(act: Act, known: Row[Any], names: dict[str, Any]) -> None:
    """What the classes are called from now on; before and after are in the audit."""
    if known.names == names:
        return
    act.connection.execute(update(STUDY).where(STUDY.c.id == known.id).values(names=names))
    act.record("study.named", study=known.id, before=known.names, after=names)
