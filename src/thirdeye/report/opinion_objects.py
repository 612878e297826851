"""The DICOM objects of what a reader said of a DICOM image."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thirdeye.case.image import Image
from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.case.volume import Volume
from thirdeye.dicom.folder_index import index_of
from thirdeye.dicom.write.results import result_objects
from thirdeye.dicom.write.segmentation import Mask, masks_of_labels, masks_of_volume
from thirdeye.errors import DataRefused, UnreadableFile
from thirdeye.inference.wording import readable
from thirdeye.intake.reference import split_selector
from thirdeye.report.opinion_sheet import opinion_pdf, opinion_picture, opinion_sentences


def reading_objects(reading: Any, picture_png: bytes | None, names: ClassNames = UNNAMED) -> list[Any]:
    """Segmentation (of a reader that marks), report, picture and document of one reading.

    Args:
        reading: with an opinion whose source is a DICOM file or series; of whatever task.
        picture_png: the image with what was marked or the heat map; None: words alone.
        names: of the classes, by which the reading calls them already.

    Raises:
        DataRefused: its source is no DICOM image.
        MissingExtra: without the extra `pacs`.
    """
    opinion = reading.opinion
    files = source_files(opinion.source)
    return result_objects(
        files if len(files) > 1 else files[0],
        opinion,
        picture_png=opinion_picture(opinion, picture_png),
        pdf=opinion_pdf(opinion, picture_png),
        masks=masks_of(reading, files),
        wording=opinion_sentences(opinion),
        classes=names.classes(),
    )


def source_files(source: str) -> list[Path]:
    """The DICOM files that a name of an opinion's source leads to.

    Args:
        source: a file, or a folder with ``#series=KEY``.

    Raises:
        DataRefused: there are none.
    """
    name, selector = split_selector(source)
    place = Path(name)
    if selector.startswith("series="):
        try:
            stack = index_of(place).stack(selector.removeprefix("series="))
        except (OSError, ValueError) as error:
            raise DataRefused(f"the series of {readable(place.name)} is not there any more") from error
        return [place / header.file for header in stack.headers]
    if not _is_dicom(place):
        raise DataRefused(
            f"{readable(place.name)} is no DICOM image; results are filed with the image that they are "
            "about, so leave --dicom out for this one"
        )
    return [place]


def masks_of(reading: Any, files: Sequence[Path]) -> Sequence[Mask] | None:
    """What a reader marked, on the grid of its files; None where it marks nothing.

    Raises:
        UnreadableFile: the marks do not lie on the files.
    """
    labels, item = getattr(reading, "labels", None), getattr(reading, "item", None)
    if labels is None or reading.opinion.abstained is not None:
        return None
    if isinstance(item, Image):
        return masks_of_labels(labels, reading.structures)
    if isinstance(item, Volume):
        return masks_of_volume(labels, item.geometry.affine, reading.structures, list(files))
    raise UnreadableFile(readable(reading.opinion.source), "has marks that cannot be filed")


def _is_dicom(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(128)
            return stream.read(4) == b"DICM"
    except OSError:
        return False
