"""A whole folder de-identified into another: every file gets an outcome, a bad one costs only itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from thirdeye.errors import UsageError
from thirdeye.intake.deidentify.one_file import deidentify_file
from thirdeye.intake.deidentify.outcome import Outcome
from thirdeye.intake.deidentify.settings import Settings
from thirdeye.intake.workers import Lost, Task, each, limit_for

_SEARCH_S = 60.0  # more time where pixels are searched
_MEMORY_BYTES = 4 * 1024**3  # a file is held twice: as it was, and as it is written


@dataclass(frozen=True)
class Entry:
    """A file and what became of it.

    Args:
        source: path below the source folder.
        outcome: what became of it.
    """

    source: str
    outcome: Outcome


def refuse_places(source: Path, *others: Path) -> None:
    """Refuse folders that would touch the original or anything that is there already.

    Args:
        source: folder or file that is only read.
        others: folders to be written.

    Raises:
        UsageError: the source does not exist, or one of the others lies within it, around it, within another,
            or is not empty.
    """
    if not source.exists():
        raise UsageError(f"there is no file or folder '{source}'")
    places = [source.resolve(), *(other.resolve() for other in others)]
    for index, place in enumerate(places):
        for other in places[index + 1 :]:
            if place == other or place in other.parents or other in place.parents:
                raise UsageError(
                    f"'{place.name}' and '{other.name}' lie within each other; "
                    "write to a folder beside the source"
                )
    for other in others:
        if other.exists() and (not other.is_dir() or any(other.iterdir())):
            raise UsageError(f"'{other}' is not an empty folder; nothing is ever overwritten, choose another")


def all_files(source: Path) -> list[str]:
    """Every file below a folder, relative with forward slashes, in the order of names; hidden ones too.

    Links to folders are not followed, links to files only where they lead to a file below the folder.
    """
    if source.is_file():
        return [source.name]
    root = source.resolve()
    found = []
    for current, folders, names in os.walk(source):
        folders.sort()
        below = Path(current).relative_to(source)
        found += [
            (below / name).as_posix() for name in sorted(names) if _is_inside(Path(current) / name, root)
        ]
    return found


def _is_inside(path: Path, root: Path) -> bool:
    return not path.is_symlink() or root in path.resolve().parents


def deidentify_folder(
    source: Path,
    settings: Settings,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Entry]:
    """De-identify every file below `source`, in worker processes.

    Args:
        source: folder (or one file), which is only read.
        settings: of the run.
        progress: called with (files done, files in all).

    Yields:
        One entry per file, in the order of `all_files`.
    """
    names = all_files(source)
    root = source.parent if source.is_file() else source
    extra = _SEARCH_S if settings.look == "search" else 0.0
    tasks = (
        Task((str(root / name), name, settings), limit_s=limit_for(root / name) + extra) for name in names
    )
    answers = each(deidentify_file, tasks, memory_bytes=_MEMORY_BYTES)
    for done, (name, answer) in enumerate(zip(names, answers, strict=True), start=1):
        yield Entry(name, Outcome("left_out", reason=answer.reason) if isinstance(answer, Lost) else answer)
        if progress is not None:
            progress(done, len(names))
    remove_parts(settings.destination, settings.quarantine)


def remove_parts(*folders: Path) -> None:
    """Take away what a worker that was ended left half written."""
    for folder in folders:
        for path in folder.rglob(".*.part"):
            path.unlink(missing_ok=True)
