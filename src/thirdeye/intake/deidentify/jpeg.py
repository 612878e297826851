"""A JPEG without what it says of itself; no pixel is decoded (ITU-T T.81 Annex B)."""

from __future__ import annotations

import struct

_JFIF = b"JFIF\0"
_EXIF = b"Exif\0\0"
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_ORIENTATION = 0x0112


def strip_jpeg(content: bytes) -> bytes:
    """The same pixels; EXIF, XMP, ICC, comments, previews and what follows the end are gone.

    Of EXIF only the orientation is kept, without which a picture would be shown turned.

    Args:
        content: of a JPEG file.

    Raises:
        ValueError: it is not a whole JPEG; goes on from the file's name.
    """
    if content[:2] != b"\xff\xd8":
        raise ValueError("is not a JPEG")
    kept = [b"\xff\xd8"]
    at, orientation = 2, 1
    while True:
        marker, at = _marker(content, at)
        if marker == 0xD9:
            break
        if marker in _ALONE:
            kept.append(bytes((0xFF, marker)))
            continue
        body, at = _segment(content, at)
        if marker == 0xE1 and body.startswith(_EXIF):
            orientation = _orientation(body[len(_EXIF) :]) or orientation
        body = _plain_jfif(body) if marker == 0xE0 else body
        if body and (not _says_something(marker) or marker == 0xE0):
            kept.append(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body)
        if marker == 0xDA:
            end = _end_of_scan(content, at)
            kept.append(content[at:end])
            at = end
    if orientation != 1:
        kept.insert(1, _orientation_segment(orientation))
    return b"".join(kept) + b"\xff\xd9"


def _says_something(marker: int) -> bool:
    """APPn and comments, but APP14, without which colours would be wrong."""
    return marker == 0xFE or (0xE0 <= marker <= 0xEF and marker != 0xEE)


def _plain_jfif(body: bytes) -> bytes:
    """JFIF's density without its thumbnail; nothing of any other APP0."""
    return body[:12] + b"\0\0" if body.startswith(_JFIF) and len(body) >= 14 else b""


def _marker(content: bytes, at: int) -> tuple[int, int]:
    if content[at : at + 1] != b"\xff":
        raise ValueError("is a damaged JPEG (no marker where one is due)")
    while content[at : at + 1] == b"\xff":
        at += 1
    if at >= len(content):
        raise ValueError("is a JPEG that is cut off")
    return content[at], at + 1


def _segment(content: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(content[at : at + 2], "big")
    if length < 2 or at + length > len(content):
        raise ValueError("is a JPEG that is cut off")
    return content[at + 2 : at + length], at + length


def _end_of_scan(content: bytes, at: int) -> int:
    """Where entropy-coded data end: at a marker that is neither a stuffed zero nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ValueError("is a JPEG that is cut off")
        follower = content[at + 1]
        if follower != 0 and not 0xD0 <= follower <= 0xD7 and follower != 0xFF:
            return at
        at += 1 if follower == 0xFF else 2


def _orientation(tiff: bytes) -> int | None:
    """The orientation in EXIF (1 to 8); None where it has none."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return None
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for index in range(count):
            tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, start + 2 + 12 * index)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else None
    except struct.error:
        return None
    return None


def _orientation_segment(value: int) -> bytes:
    """An EXIF segment that holds one entry."""
    tiff = struct.pack(">2sHI H HHIHH I", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
    return struct.pack(">BBH", 0xFF, 0xE1, 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff
