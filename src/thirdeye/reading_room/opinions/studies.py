"""The studies whose readers work in a room."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert, select

from thirdeye.case.study import Study
from thirdeye.inference.manifest import manifest_form
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Room
from thirdeye.reading_room.store.tables import STUDY
from thirdeye.reading_room.workflow.policy import Policy


def enter_studies(room: Room) -> dict[int, Path]:
    """Enter the studies that the room was opened with; a study that changed its model is a new one.

    Returns:
        The number of each study to its folder.

    Raises:
        StudyMismatch: there is no reader in a folder.
    """
    return {_entered(room, path): path for path in room.settings.studies}


def _entered(room: Room, path: Path) -> int:
    form = manifest_form(Study(path))
    model = digest(form)
    with room.acting(None) as act:
        known = act.connection.execute(select(STUDY.c.id).where(STUDY.c.model_sha256 == model)).scalar()
        if known is not None:
            return int(known)
        made = act.connection.execute(
            insert(STUDY).values(
                name=path.resolve().name, model_sha256=model, task=str(form.get("task")),
                positive=form.get("positive"), classes=list(form.get("classes", [])),
                policy=Policy().as_json(), opened_at=act.at,
            ).returning(STUDY.c.id)
        )  # fmt: skip
        number = int(made.scalar_one())
        act.record("study.entered", study=number, model=model)
        return number
