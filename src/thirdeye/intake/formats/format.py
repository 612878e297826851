"""A format: one kind of file and how it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from thirdeye.case.image import Image
from thirdeye.case.signal import Signal
from thirdeye.case.volume import Volume
from thirdeye.registry import Registry

Kind = Literal["image", "volume", "signal", "slide"]
Item = Image | Volume | Signal
HEAD_BYTES = 560  # enough for every mark: DICOM's at 128, NIfTI's at 344


@dataclass(frozen=True)
class Format:
    """One plugin; importing its module must stay light, libraries are imported when a file is read.

    Args:
        title: what it is, for a person ("NIfTI").
        kind: what its files mostly hold; "slide" reads an overview, and tiles by selector.
        suffixes: lower case with the dot (".nii.gz", ".nii"); files so named are taken for this format when
            a folder is searched. Empty where a suffix says nothing.
        recognise: whether the first `HEAD_BYTES` bytes and the lower-case file name announce this format.
            The first format in the registry that says yes reads the file.
        read: the file's path, its name for messages, and the reference's selector ("" or "frame=3", see
            `thirdeye.intake.reference`). Raises `UnreadableFile` on anything damaged.
    """

    title: str
    kind: Kind
    suffixes: tuple[str, ...]
    recognise: Callable[[bytes, str], bool]
    read: Callable[[Path, str, str], Item]


FORMATS: Registry[Format] = Registry("format")
