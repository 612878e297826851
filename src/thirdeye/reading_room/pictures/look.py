"""What worker processes do with an image file: say what it holds, and make its frames ready to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import thirdeye.intake.formats  # noqa: F401 - enters the formats into the registry
from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.dicom.header import Header
from thirdeye.dicom.planes import affine_of
from thirdeye.dicom.sides import sides_of
from thirdeye.dicom.stacks import Stack as Pile
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import FORMATS, HEAD_BYTES
from thirdeye.intake.pixels import load
from thirdeye.reading_room.pictures.dicom_frame import dicom_frames
from thirdeye.reading_room.pictures.frame import Frame
from thirdeye.reading_room.pictures.pack import packed
from thirdeye.reading_room.pictures.picture_frame import picture_frame, volume_frames
from thirdeye.reading_room.pictures.preview import preview

Kind = Literal["frames", "volume", "slide"]
NAME = "the image"  # in messages: files of a room are named by hashes, which tell nobody anything


@dataclass(frozen=True)
class Seen:
    """What a file holds.

    Args:
        kind: single frames, one volume, or a slide of tiles.
        frames: frames, or slices of a volume.
        rows, columns: of a frame; of the finest level of a slide.
        modality: DICOM's code, "" where unknown.
        code: where columns, rows and slices of a volume lead ("LPS"), or columns and rows of a projection
            ("LI"); "" where unknown.
        spacing_mm: of columns, rows and slices of a volume; of columns and rows otherwise; () where unknown.
        rate_hz: frames a second of a cine; 0 where unknown.
        header: of a DICOM file with one frame; it names the patient and is written nowhere.
        parts: of a series in a folder, the file of each frame.
    """

    kind: Kind
    frames: int
    rows: int
    columns: int
    modality: str = ""
    code: str = ""
    spacing_mm: tuple[float, ...] = ()
    rate_hz: float = 0.0
    header: Header | None = field(default=None, repr=False)
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A frame, ready.

    Args:
        values: see `thirdeye.reading_room.pictures.pack.packed`.
        preview: PNG.
    """

    values: bytes
    preview: bytes


def seen(path: Path) -> Seen:
    """What a file holds, or a series in a folder (``HASH.series#series=1f0c22ab``).

    Raises:
        UnreadableFile: it is no image, or damaged.
    """
    folder, _, key = path.name.partition("#series=")
    if key:
        return _series(path.with_name(folder), key)
    name = _format(path)
    if name == "dicom":
        return _dicom(path)
    if name == "slide":
        return _slide(path)
    item = load(path.parent, path.name)
    if isinstance(item, Volume):
        return _volume(item)
    if not isinstance(item, Image):
        raise UnreadableFile(NAME, "is a signal, not an image")
    spacing = () if item.spacing_mm is None else (item.spacing_mm[1], item.spacing_mm[0])
    return Seen("frames", 1, item.height, item.width, item.modality or "", spacing_mm=spacing)


def rendered_parts(paths: Sequence[Path]) -> list[Sent]:
    """Files of one frame each, ready to be sent.

    Raises:
        UnreadableFile: as `seen`.
    """
    return [sent for path in paths for sent in rendered(path, "frames", 0, 1)]


def rendered(path: Path, kind: Kind, first: int, count: int) -> list[Sent]:
    """Some frames of a file, ready to be sent; of a volume always all slices.

    Raises:
        UnreadableFile: as `seen`.
    """
    return [Sent(packed(frame), preview(frame)) for frame in _frames(path, kind, first, count)]


def _frames(path: Path, kind: Kind, first: int, count: int) -> Sequence[Frame]:
    if kind == "frames" and _format(path) == "dicom":
        return dicom_frames(path, NAME, first, count)
    item = load(path.parent, path.name)
    if isinstance(item, Volume):
        return volume_frames(item)
    if not isinstance(item, Image):
        raise UnreadableFile(NAME, "is a signal, not an image")
    return [picture_frame(item)]


def _format(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for name, known in FORMATS:
        if known.recognise(head, path.name.lower()):
            return name
    raise UnreadableFile(NAME, "is not an image that is read here")


def _dicom(path: Path) -> Seen:
    from thirdeye.dicom.multiframe import frame_rate
    from thirdeye.dicom.open import open_dataset, reasons
    from thirdeye.dicom.scan import read_header

    header = read_header(path, path.name)
    if header.error:
        raise UnreadableFile(NAME, header.error)
    if header.has_places:
        item = load(path.parent, path.name)
        if isinstance(item, Volume):
            return _volume(item)
    with reasons(NAME):
        code = _sides(path)
        if header.frames == 1:
            return Seen("frames", 1, header.height, header.width, header.modality, code, header=header)
        rate = frame_rate(open_dataset(path, NAME)) or 0.0
    return Seen("frames", header.frames, header.height, header.width, header.modality, code, rate_hz=rate)


def _sides(path: Path) -> str:
    import pydicom

    tags = ["PatientOrientation", "AnatomicalOrientationType"]
    return sides_of(pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags, force=True))


def _series(folder: Path, key: str) -> Seen:
    from thirdeye.dicom.folder_index import index_of
    from thirdeye.dicom.open import reasons

    with reasons(NAME):
        pile = index_of(folder).stack(key)
    first = pile.headers[0]
    code, spacing = placed(pile)
    return Seen(
        "frames", len(pile.headers), first.height, first.width, first.modality, code, spacing,
        parts=tuple(header.file for header in pile.headers),
    )  # fmt: skip


def placed(pile: Pile) -> tuple[str, tuple[float, ...]]:
    """Where slices lead, and their spacing where they lie on a grid; nothing where they have no places."""
    first, piled = pile.headers[0].plane, pile.pile
    if piled is None or first is None or not pile.is_volume:
        return "", ()
    geometry = Geometry(affine_of(first, piled.step_mm))
    return geometry.orientation, geometry.spacing_mm if piled.is_grid else ()


def _volume(volume: Volume) -> Seen:
    columns, rows, slices = volume.voxels.shape[:3]
    return Seen(
        "volume", slices, rows, columns, volume.modality or "",
        code=volume.geometry.orientation, spacing_mm=volume.geometry.spacing_mm,
    )  # fmt: skip


def _slide(path: Path) -> Seen:
    from thirdeye.intake.slide_open import microns_per_pixel, opened_slide

    with opened_slide(path, NAME) as slide:
        width, height = slide.dimensions
        mpp = microns_per_pixel(slide)
    spacing = () if mpp is None else (mpp[0] / 1000, mpp[1] / 1000)
    return Seen("slide", 1, height, width, "SM", spacing_mm=spacing)
