"""The option ``--dicom`` of ``thirdeye read``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.errors import DataRefused
from thirdeye.inference.second_opinion import Failure
from thirdeye.inference.wording import readable

dicom_option = click.option(
    "--dicom",
    type=click.Path(path_type=Path),
    metavar="OUT",
    help="Also write DICOM objects into this folder, for DICOM images: report, picture, document, masks.",
)


def filing(reader: Any, folder: Path | None, names: ClassNames = UNNAMED) -> Callable[[Any], dict[str, Any]]:
    """A function that writes the objects of one reading and names them.

    Args:
        reader: opened.
        folder: to write into; None: nothing is written.
        names: of the classes, by which the readings call them already.
    """
    if folder is None:
        return lambda one: {}
    from thirdeye.dicom.write.results import save_objects
    from thirdeye.report.opinion_objects import reading_objects

    numbers = iter(range(1, 10**9))

    def write(one: Any) -> dict[str, Any]:
        number = next(numbers)
        if isinstance(one, Failure):
            return {}
        try:
            objects = reading_objects(one, _picture(one, reader), names)
        except DataRefused as error:
            return {"dicom": (), "not_dicom": str(error)}
        return {"dicom": save_objects(objects, folder, f"{number:04d}_{_kind(reader)}")}

    return write


def filed_text(more: Mapping[str, Any], folder: Path | None) -> str:
    """Where the objects of one reading are, as a line; "" where none were asked for."""
    if "not_dicom" in more:
        return f"\n  no DICOM written: {more['not_dicom']}"
    files = more.get("dicom", ())
    return f"\n  DICOM in {readable(str(folder))}: {', '.join(files)}" if files else ""


def _kind(reader: Any) -> str:
    return re.sub(r"[^a-z]+", "_", str(reader.manifest.task).lower()).strip("_") or "opinion"


def _picture(one: Any, reader: Any) -> bytes:
    """The image as a person sees it, with the heat map or the marks."""
    from thirdeye.explanation.opinion_pictures import pictures_of
    from thirdeye.explanation.overlay import png_bytes

    if hasattr(one, "picture"):
        return png_bytes(one.picture().pixels)
    pictures = pictures_of(one, reader.manifest)
    return pictures.overlay_with_bar or pictures.plain
