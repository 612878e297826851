"""`read`: a second opinion on new cases, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thirdeye.case.opinion import Opinion


def read(
    study: str | Path,
    files: str | Path | Iterable[str | Path],
    *,
    recalibration: str | Path | None = None,
    engine: str | None = None,
    precision: str | None = None,
    false_alarms: str | None = None,
) -> Iterator[Opinion]:
    """Opinions on files, in their order, each as soon as it is there.

    Args:
        study: folder with a trained reader, of whatever task.
        files: one file or many; a folder is searched for images, and for DICOM series where volumes are read.
        recalibration: file of an external validation, see `SecondReader.load`.
        engine, precision: what runs the network, see `thirdeye.inference.engines_file.choose`.
        false_alarms: of a reader of boxes: show what reaches the threshold for so many false alarms an image,
            "1/4", "1" or "4"; None: 1.

    Raises:
        UsageError: `recalibration` for a reader that gives no probabilities, a precision not measured, or
            `false_alarms` for a reader that finds no boxes.
        StudyMismatch: the study holds no reader, or a file of it was edited.
        UnreadableFile: a file cannot be decoded.
    """
    from thirdeye.errors import UnreadableFile
    from thirdeye.inference.alarms import show_at
    from thirdeye.inference.readers import open_reader
    from thirdeye.inference.second_opinion import Failure
    from thirdeye.intake.to_read import to_read
    from thirdeye.journey.showing import show_in_notebooks

    update = None if recalibration is None else Path(recalibration)
    reader = open_reader(Path(study), recalibration=update, engine=engine, precision=precision)
    show_at(reader, false_alarms)
    show_in_notebooks(reader, Path(study))
    paths = [files] if isinstance(files, (str, Path)) else files
    named = to_read((Path(path) for path in paths), volumes=getattr(reader, "reads_volumes", False))
    for found in reader.read_many(named):
        if isinstance(found, Failure):
            raise UnreadableFile(found.source, found.error)
        yield found.opinion


def read_case(
    study: str | Path,
    files: str | Path | Iterable[str | Path],
    *,
    clinical: Mapping[str, str] | None = None,
) -> Opinion:
    """The opinion on one case from all its images, with clinical variables where they are given.

    Args:
        study: folder with a reader that was trained on cases of several images or with clinical variables.
        files: images of the case; their views are told from folders and names.
        clinical: variable to value, as text.

    Raises:
        UsageError: the reader knows single images only, or no such variable.
        StudyMismatch: the study holds no reader, or a file of it was edited.
        UnreadableFile: a file cannot be decoded.
    """
    from thirdeye.inference.fusion.given import one_case
    from thirdeye.inference.fusion.reading import CaseReader, case_opinions
    from thirdeye.inference.readers import open_reader

    paths = [files] if isinstance(files, (str, Path)) else list(files)
    reader = CaseReader.load(Path(study), open_reader(Path(study)))
    values = {name: str(value) for name, value in (clinical or {}).items()}
    (opinion,) = case_opinions(reader, [one_case([Path(path) for path in paths], values)])
    return opinion
