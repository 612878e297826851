"""`release`: out of quarantine, once a person has looked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import UsageError
from thirdeye.intake.deidentify.outcome import Box
from thirdeye.intake.deidentify.release import release_file, waiting
from thirdeye.intake.workers import LIMIT_S, Lost, Task, each
from thirdeye.journey.deidentifying import REPORT_FILE, places_of, write_report
from thirdeye.journey.results import Deidentified
from thirdeye.training.event import Event, Listener, silent


def release(
    destination: str | Path,
    files: Sequence[str | Path] = (),
    *,
    quarantine: str | Path | None = None,
    blank: bool = False,
    boxes: Sequence[Box] = (),
    tell: Listener = silent,
) -> Deidentified:
    """Let files out of quarantine that a person has looked at.

    Args:
        destination: of the run that put them there.
        files: in quarantine; none: all that wait.
        quarantine: its folder; None: ``DESTINATION-quarantine``.
        blank: black out, in every frame, the places where text was found; a file without such a place stays.
        boxes: further places to black out, in each of the files: (left, upper, right, lower) in pixels.
        tell: hears how it goes.

    Raises:
        UsageError: there is no such run, or a file is not one of those that wait.
    """
    places = places_of(Path(destination), quarantine=quarantine)
    study = Study(places.destination)
    if not study.has(REPORT_FILE):
        raise UsageError(f"'{destination}' was not written by thirdeye deidentify: it has no {REPORT_FILE}")
    content = study.read_json(REPORT_FILE)
    names = waiting(content, places.quarantine, [Path(file) for file in files])
    tell(Event("stage", "Release"))
    held = {file["written"]: file for file in content["files"] if file["status"] == "quarantined"}
    black = {name: [*(map(tuple, held[name]["boxes"]) if blank else ()), *boxes] for name in names}
    for name in [name for name, boxed in black.items() if blank and not boxed]:
        del black[name]
        tell(
            Event(
                "note",
                f"{name} has no place to black out; name one with --box, or release it without --blank",
            )
        )
    folders = (str(places.quarantine), str(places.destination))
    tasks = [Task((*folders, name, boxed), LIMIT_S) for name, boxed in black.items()]
    for (name, boxed), answer in zip(black.items(), each(release_file, tasks), strict=True):
        if isinstance(answer, Lost):
            tell(Event("note", f"{name} {answer.reason}; it stays in quarantine"))
        else:
            _enter(content, held[name], answer, boxed)
    write_report(places.destination, content, tell)
    return Deidentified(*places, content)


def _enter(content: dict[str, Any], file: dict[str, Any], written: str, boxes: Sequence[Box]) -> None:
    """Enter into the report that a person has looked at a file."""
    file |= {
        "status": "written",
        "written": written,
        "looked_at": "blacked out" if boxes else "released as it is",
        "boxes": [list(box) for box in boxes],
    }
    counts = content["counts"]
    counts["quarantined"] -= 1
    counts["written"] = counts.get("written", 0) + 1
