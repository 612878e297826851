"""Which kind of reader a study holds, and how to open it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.located import LocatedReader
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.second_opinion import SecondReader

_ROOM = "thirdeye.inference"
_LOCATED = {
    "segmentation": ("dense", "SegmentingReader"),
    "detection": ("detection", "DetectingReader"),
    "landmarks": ("landmarks", "LandmarkReader"),
}  # loaded only when a study asks for it
LOCATED_TASKS = tuple(_LOCATED)


def task_of_reader(study: Path) -> str:
    """What the reader of a study decides, from its ``model.json``.

    Raises:
        UsageError: there is no such folder.
        StudyMismatch: there is no trained reader in it.
    """
    return str(manifest_form(Study(study)).get("task"))


def open_located(
    study: Path, *, threads: int | None = None, recalibration: Path | None = None
) -> LocatedReader:
    """The reader of a study that says where something is.

    Args:
        study: folder.
        threads: of one pass; None: as many as this process may use.
        recalibration: refused, as such a reader gives no probabilities.

    Raises:
        UsageError: `recalibration` is given.
        StudyMismatch: the reader is of a kind that this installation cannot read.
    """
    task = task_of_reader(study)
    if recalibration is not None:
        raise UsageError(
            f"--recalibration changes the probabilities of classes, and this is a reader of {task}, which "
            "gives none: leave the option out"
        )
    room, name = _LOCATED[task]
    try:
        found = getattr(import_module(f"{_ROOM}.{room}.second_reader"), name)
    except (ModuleNotFoundError, AttributeError):
        raise StudyMismatch(
            f"the study '{study.name}' holds a reader of {task}, which this installation cannot read: "
            "update thirdeye-imaging"
        ) from None
    reader: LocatedReader = found.load(study, threads=threads)
    return reader


def open_reader(
    study: Path, *, threads: int | None = None, recalibration: Path | None = None
) -> SecondReader | LocatedReader:
    """The reader of a study, of whatever kind; arguments as of `open_located` and `SecondReader.load`."""
    if task_of_reader(study) in _LOCATED:
        return open_located(study, threads=threads, recalibration=recalibration)
    return SecondReader.load(study, threads=threads, recalibration=recalibration)
