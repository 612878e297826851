"""A whole folder de-identified into another: every file gets an outcome, a bad one costs only itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from thirdeye.dicom.deidentify.pseudonyms import Pseudonyms
from thirdeye.errors import UsageError
from thirdeye.intake.deidentify.one_file import deidentify_file
from thirdeye.intake.deidentify.outcome import Outcome
from thirdeye.intake.deidentify.settings import Settings
from thirdeye.intake.workers import Lost, Task, each, limit_for

_SEARCH_S = 300.0  # more time where pixels are searched
_MEMORY_BYTES = 4 * 1024**3  # a file is held twice: as it was, and as it is written


UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class Entry:
    """A file and what became of it.

    Args:
        source: path below the source folder.
        outcome: what became of it.
    """

    source: str
    outcome: Outcome


def refuse_places(source: Path, *others: Path, begun: bool = False) -> None:
    """Refuse folders that would touch the original or anything that is there already.

    Args:
        source: folder or file that is only read.
        others: folders to be written.
        begun: whether they may hold what an interrupted run of the same kind left.

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
    for other in () if begun else others:
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
    seen: set[tuple[str, str]] = set()
    for done, (name, answer) in enumerate(zip(names, answers, strict=True), start=1):
        outcome = Outcome("left_out", reason=answer.reason) if isinstance(answer, Lost) else answer
        place = (outcome.status, outcome.written)
        if outcome.written and place in seen:
            outcome = replace(outcome, status="repeated", reason="is the same object as another file")
        seen.add(place)
        yield Entry(name, outcome)
        if progress is not None:
            progress(done, len(names))
    remove_parts(settings.destination, settings.quarantine)


def begin(settings: Settings) -> None:
    """Make the folders, and note in the destination that the run is not finished.

    Quarantine can be entered by its owner alone: it holds what may still identify.
    """
    settings.destination.mkdir(parents=True, exist_ok=True)
    (settings.destination / UNFINISHED).write_text(_kind_of_run(settings), encoding="utf-8")
    settings.quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)


def was_begun(settings: Settings) -> bool:
    """Whether a run of the same kind was interrupted here.

    Raises:
        UsageError: one with another key or other options was.
    """
    note = settings.destination / UNFINISHED
    if not note.is_file():
        return False
    if note.read_text(encoding="utf-8") != _kind_of_run(settings):
        raise UsageError(
            f"'{settings.destination.name}' was begun with another key or other options; "
            "choose another folder"
        )
    return True


def end(settings: Settings) -> None:
    """Take the note away, and a quarantine in which nothing waits."""
    (settings.destination / UNFINISHED).unlink(missing_ok=True)
    if not any(settings.quarantine.iterdir()):
        settings.quarantine.rmdir()


def _kind_of_run(settings: Settings) -> str:
    mark = Pseudonyms(settings.key).fingerprint
    return f"unfinished {mark} {settings.look} {' '.join(sorted(settings.profile.options))}\n"


def remove_parts(*folders: Path) -> None:
    """Take away what a worker that was ended left half written."""
    for folder in folders:
        for path in folder.rglob(".*.part"):
            path.unlink(missing_ok=True)
