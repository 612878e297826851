"""A PNG without what it says of itself; no pixel is decoded (ISO/IEC 15948)."""

from __future__ import annotations

import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"]
)


def strip_png(content: bytes) -> bytes:
    """The same pixels; text, time, EXIF, colour profile, further frames and what follows the end are gone.

    Args:
        content: of a PNG file.

    Raises:
        ValueError: it is not a whole PNG; goes on from the file's name.
    """
    if not content.startswith(_SIGNATURE):
        raise ValueError("is not a PNG")
    kept, at = [_SIGNATURE], len(_SIGNATURE)
    while True:
        length = int.from_bytes(content[at : at + 4], "big")
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content) or len(kind) < 4:
            raise ValueError("is a PNG that is cut off")
        if kind in _KEPT:
            checked = content[at + 4 : end - 4]
            if zlib.crc32(checked) != int.from_bytes(content[end - 4 : end], "big"):
                raise ValueError("is a damaged PNG (a checksum is wrong)")
            kept.append(content[at:end])
        at = end
        if kind == b"IEND":
            return b"".join(kept)
