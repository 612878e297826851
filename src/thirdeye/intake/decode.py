"""Lone files to images, decoded in a worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile
from thirdeye.intake.pixels import load_file
from thirdeye.intake.reference import as_reference
from thirdeye.intake.workers import Lost, Task, each, limit_for


def decoded(paths: Iterable[Path], *, ahead: int = 1) -> Iterator[Image | UnreadableFile]:
    """The images of files in their order, each taken when it is asked for; for one that cannot be read, why.

    Args:
        paths: taken one by one, as they are needed.
        ahead: images that may be decoded before the one that is due was taken; they are in memory.
    """
    names: deque[str] = deque()

    def tasks() -> Iterator[Task]:
        for path in paths:
            names.append(as_reference(path.name))
            yield Task((path,), limit_for(path))

    with closing(each(load_file, tasks(), count=1, ahead=ahead)) as answers:
        for answer in answers:
            name = names.popleft()
            yield UnreadableFile(name, answer.reason) if isinstance(answer, Lost) else answer
