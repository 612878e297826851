"""What every reader that says where something is has in common: reading files, and its answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion
from thirdeye.errors import UnreadableFile
from thirdeye.inference.guard import OPEN, Guard, Withheld
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.transparency import with_transparency
from thirdeye.intake.formats.format import Item
from thirdeye.intake.joined import Joined, load_joined
from thirdeye.intake.workers import Lost, Task, each, limit_for

R = TypeVar("R")


@dataclass(frozen=True)
class Drawn:
    """A picture for a page.

    Args:
        pixels: (H, W, 3).
        caption: what it shows, in a few words.
    """

    pixels: NDArray[np.uint8]
    caption: str


class LocatedReading(Protocol):
    """An opinion with the image that it is about."""

    @property
    def opinion(self) -> Opinion:
        """What the reader says."""

    def picture(self) -> Drawn:
        """What was found, drawn on the image."""

    def write(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Write results into a folder that exists, under names that begin with `stem`; the names."""


class LocatedReader(Protocol):
    """A trained reader that says where something is."""

    @property
    def manifest(self) -> Any:
        """Of its ``model.json``: with `task`, `classes`, `architecture` and `onnx`."""

    @property
    def reads_volumes(self) -> bool:
        """Whether it reads volumes, not images."""

    def read_many(self, paths: Iterable[Path]) -> Iterator[LocatedReading | Failure]:
        """Readings in the order of `paths`, each as soon as it is done."""


def loaded(paths: Iterable[Path | Joined]) -> Iterator[tuple[Joined, Item | Lost]]:
    """Each case with what is in its file or files, decoded in a worker while the one before is read.

    Args:
        paths: files, or cases of several; a series of a folder is named as in `thirdeye.intake.reference`.
    """
    named: deque[Joined] = deque()

    def tasks() -> Iterator[Task]:
        for path in paths:
            case = path if isinstance(path, Joined) else Joined((path,))
            named.append(case)
            yield Task(case.place, sum(map(limit_for, case.files)))

    with closing(each(load_joined, tasks(), count=1, ahead=1)) as items:
        for item in items:
            yield named.popleft(), item


def readings(
    paths: Iterable[Path | Joined],
    read: Callable[[Any, Joined], R],
    *,
    kinds: type | tuple[type, ...],
    otherwise: str,
    guard: Guard = OPEN,
) -> Iterator[R | Withheld | Failure]:
    """Readings in the order of `paths`, each as soon as it is done; the next file is decoded meanwhile.

    Args:
        paths: files, or cases of several; a series of a folder is named as in `thirdeye.intake.reference`.
        read: what is in a case and the case, to a reading.
        kinds: of items that it reads.
        otherwise: what is said of a file of another kind.
        guard: keeps images back that the reader knows nothing of.
    """
    for case, item in loaded(paths):
        if isinstance(item, Lost):
            yield Failure(case.source, item.reason)
        elif not isinstance(item, kinds):
            yield Failure(case.source, otherwise)
        else:
            try:
                yield _guarded(item, case, read, guard)
            except UnreadableFile as error:
                yield Failure(case.source, error.reason)


def _guarded(item: Any, case: Joined, read: Callable[[Any, Joined], R], guard: Guard) -> R | Withheld:
    known = guard.familiarity(item)
    if known is not None and known.distance > 1:
        withheld = guard.withheld(item, case.source, known)
        return replace(withheld, opinion=with_transparency(withheld.opinion, item))
    reading: Any = guard.judged(read(item, case), known)
    said = with_transparency(reading.opinion, item)
    found: R = reading if said is reading.opinion else replace(reading, opinion=said)
    return found
