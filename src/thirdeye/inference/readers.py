"""Which kind of reader a study holds, and how to open it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.located import LocatedReader
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.runtime import REFERENCE, Engines, preferring, runtime_of
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
    study: Path,
    *,
    threads: int | None = None,
    recalibration: Path | None = None,
    engine: str | None = None,
    precision: str | None = None,
) -> LocatedReader:
    """The reader of a study that says where something is.

    Args:
        study: folder.
        threads: of one pass; None: as many as this process may use.
        recalibration: refused, as such a reader gives no probabilities.
        engine: "onnxruntime" or "openvino"; None: the faster one that is installed, where it knows both.
        precision: nothing but "f32", as no loss has been measured for such readers.

    Raises:
        UsageError: `recalibration` is given, or an engine or precision that the reader does not know.
        MissingExtra: OpenVINO is asked for and not installed.
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
    with preferring(_engine_of(task, engine, precision)):
        reader: LocatedReader = found.load(study, threads=threads)
    return reader


def _engine_of(task: str, engine: str | None, precision: str | None) -> Engines | None:
    """The engine that is asked for; None where nothing is."""
    if engine is None and precision is None:
        return None
    runtime = runtime_of(engine or REFERENCE.engine, precision or REFERENCE.precision)
    if runtime.precision != REFERENCE.precision:
        raise UsageError(
            f"a reader of {task} computes in f32 alone, as no loss has been measured for it; leave "
            "--precision out"
        )
    return runtime.engine


def open_reader(
    study: Path,
    *,
    threads: int | None = None,
    recalibration: Path | None = None,
    engine: str | None = None,
    precision: str | None = None,
) -> SecondReader | LocatedReader:
    """The reader of a study, of whatever kind; arguments as of `open_located` and `SecondReader.load`."""
    opens = open_located if task_of_reader(study) in _LOCATED else SecondReader.load
    return opens(study, threads=threads, recalibration=recalibration, engine=engine, precision=precision)
