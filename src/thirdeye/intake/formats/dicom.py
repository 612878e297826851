"""DICOM files."""

from __future__ import annotations

from pathlib import Path

from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, Format, Item

_SUFFIXES = (".dcm", ".dicom", ".ima")


def recognise(head: bytes, name: str) -> bool:
    """By the mark after the preamble (PS3.10 section 7.1)."""
    return head[128:132] == b"DICM"


def read(path: Path, name: str, selector: str) -> Item:
    """See `thirdeye.dicom.image.read_dicom`."""
    from thirdeye.dicom.image import read_dicom  # deferred: pydicom costs 0.1 s

    if selector:
        raise UnreadableFile(name, f"is one image; it has no part '{selector}'")
    return read_dicom(path, name)


FORMATS.register("dicom")(Format("DICOM", "image", _SUFFIXES, recognise, read))
