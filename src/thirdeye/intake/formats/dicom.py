"""DICOM files, single frames of them, and series of them in a folder."""

from __future__ import annotations

from pathlib import Path

from thirdeye.intake.formats.format import FORMATS, Format, Item

_SUFFIXES = (".dcm", ".dicom", ".ima")
_OLD_STARTS = (b"\x08\x00", b"\x02\x00", b"\x00\x08")  # groups 0008 and 0002, without preamble


def recognise(head: bytes, name: str) -> bool:
    """By the mark after the preamble (PS3.10 section 7.1).

    A folder (no head) is a series; a file called ``.dcm`` may lack the mark, as older devices wrote them.
    """
    if not head or head[128:132] == b"DICM":
        return True
    return name.endswith(_SUFFIXES) and head.startswith(_OLD_STARTS)


def read(path: Path, name: str, selector: str) -> Item:
    """A file, a frame of it, the series of a folder, or a segment drawn on one (``series=KEY,KEY,1``).

    See `read_dicom`, `read_series` and `read_mask` in `thirdeye.dicom`.
    """
    if selector.startswith("series="):
        from thirdeye.dicom.mask import read_mask  # deferred: pydicom costs 0.1 s
        from thirdeye.dicom.series import read_series

        key = selector.removeprefix("series=")
        return read_mask(path, name, key) if "," in key else read_series(path, name, key)
    from thirdeye.dicom.image import read_dicom

    return read_dicom(path, name, selector)


FORMATS.register("dicom")(Format("DICOM", "image", _SUFFIXES, recognise, read))
