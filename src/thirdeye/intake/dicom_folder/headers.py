"""The headers of a folder, read in worker processes, some hundred at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from thirdeye.dicom.header import Header
from thirdeye.dicom.scan import read_header
from thirdeye.intake.reference import as_path
from thirdeye.intake.workers import Lost, Task, each

_CHUNK = 100
_IN_PROCESS = 50  # fewer files than this are read here: starting workers would take longer
_LIMIT_S = 60.0


def read_headers(root: Path, files: Sequence[str]) -> Iterator[Header]:
    """One header a file, in order; a damaged one carries its reason.

    Few files are read in this process. Many are read by workers: a file that makes a worker hang or eat
    memory costs that worker, and gets a reason.

    Args:
        root: folder.
        files: references relative to it.
    """
    if len(files) < _IN_PROCESS:
        yield from headers_of(root, files)
        return
    chunks = [tuple(files[start : start + _CHUNK]) for start in range(0, len(files), _CHUNK)]
    tasks = (Task((root, chunk), _LIMIT_S) for chunk in chunks)
    with closing(each(headers_of, tasks)) as answers:
        for chunk, answer in zip(chunks, answers, strict=True):
            yield from _one_by_one(root, chunk) if isinstance(answer, Lost) else answer


def _one_by_one(root: Path, files: Sequence[str]) -> Iterator[Header]:
    """A chunk that was lost, to find the file that is to blame."""
    with closing(each(headers_of, (Task((root, (file,)), _LIMIT_S) for file in files))) as answers:
        for file, answer in zip(files, answers, strict=True):
            yield from [Header(file, error=answer.reason)] if isinstance(answer, Lost) else answer


def headers_of(root: Path, files: Sequence[str]) -> list[Header]:
    """What a worker does."""
    return [read_header(as_path(root, file), file) for file in files]
