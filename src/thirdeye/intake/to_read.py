"""What a user names to be read, as single files: folders are searched, DICOM series kept together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from thirdeye.intake.files import find_files


def to_read(paths: Iterable[Path], *, volumes: bool = False) -> Iterator[Path]:
    """Each file of `paths`, and each image below its folders.

    Args:
        paths: files and folders.
        volumes: slices of one DICOM series are one volume, named as in `thirdeye.intake.reference`.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        images = find_files(path).images
        series = _series(path) if volumes else ([], set())
        yield from (path / reference for reference in series[0])
        yield from (path / image for image in images if image not in series[1])


def _series(folder: Path) -> tuple[list[str], set[str]]:
    """References to the images and volumes of the DICOM files of a folder, and the files they are made of."""
    from thirdeye.intake.dicom_folder.headers import read_headers  # deferred: most folders hold none
    from thirdeye.intake.dicom_folder.items import items_of
    from thirdeye.intake.dicom_folder.sources import find_sources, has_mark

    files = find_sources(folder).files
    if not any(has_mark(folder / file) for file in files[:1]):
        return [], set()
    items = items_of(read_headers(folder, files))
    return [item.reference for item in items.images], set(files)
