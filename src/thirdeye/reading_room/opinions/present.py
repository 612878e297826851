"""Which models work in the room now: a study whose model was changed is another one."""

from __future__ import annotations

from thirdeye.case.study import Study
from thirdeye.errors import ThirdEyeError
from thirdeye.inference.manifest import manifest_form
from thirdeye.reading_room.audit.chain import digest
from thirdeye.reading_room.room import Room


def present_models(room: Room) -> frozenset[str]:
    """The hashes of the models in the room's study folders, as they are on disk now.

    A folder whose model cannot be read has none.
    """
    found = set()
    for path in room.settings.studies:
        try:
            found.add(digest(manifest_form(Study(path))))
        except (ThirdEyeError, OSError):
            continue
    return frozenset(found)
