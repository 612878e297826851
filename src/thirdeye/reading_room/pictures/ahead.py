"""What a reader will look at first is made ready while they check the patient."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from thirdeye.errors import ThirdEyeError
from thirdeye.reading_room.pictures.cabinet import Cabinet

_AT_ONCE = 4  # stacks that the largest layout shows


def make_ready(cabinet: Cabinet, files: Sequence[str]) -> None:
    """Decode the middle frames of the first stacks; what cannot be read is told when it is asked for.

    Args:
        files: of a case, as `Cabinet.stacks` takes them.
    """
    cabinet.make_room()
    with suppress(ThirdEyeError):
        for stack in cabinet.stacks(files)[:_AT_ONCE]:
            at, frame = stack.frames[len(stack.frames) // 2]
            if stack.kind != "slide":
                cabinet.values(files[at], frame)
