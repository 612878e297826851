"""`read`: a second opinion on new cases, without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thirdeye.case.opinion import Opinion


def read(
    study: str | Path,
    files: str | Path | Iterable[str | Path],
    *,
    recalibration: str | Path | None = None,
) -> Iterator[Opinion]:
    """Opinions on files, in their order, each as soon as it is there.

    Args:
        study: folder with a trained reader.
        files: one file or many.
        recalibration: file of an external validation, see `SecondReader.load`.

    Raises:
        StudyMismatch: the study holds no reader, or a file of it was edited.
        UnreadableFile: a file cannot be decoded.
    """
    from thirdeye.errors import UnreadableFile
    from thirdeye.inference.second_opinion import Failure, SecondReader

    reader = SecondReader.load(
        Path(study), recalibration=None if recalibration is None else Path(recalibration)
    )
    paths = [files] if isinstance(files, (str, Path)) else files
    for found in reader.read_many(Path(path) for path in paths):
        if isinstance(found, Failure):
            raise UnreadableFile(found.source, found.error)
        yield found.opinion
