"""Compressed frames without the comments and application data that encoders write into them.

JPEG and JPEG-LS: ITU-T T.81 Annex B, T.87 Annex C; JPEG 2000: ISO/IEC 15444-1 Annex A. Only headers are
rewritten; what is coded stays as it is, bit by bit.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

_JPEG = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 57, 70, 80, 81))
_JPEG_2000 = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93, 201, 202, 203))
_START, _SCAN, _COMMENT = 0xD8, 0xDA, 0xFE
_APPLICATION = range(0xE0, 0xF0)
_NEEDED = (0xE8, 0xEE)  # colour transforms: HP's for JPEG-LS, Adobe's
_J2K_COMMENT, _J2K_TILE = 0x64, 0x90


def clean_codestreams(dataset: Any, done: Counter[str]) -> None:
    """Take comments out of the compressed frames of a dataset, in place.

    Args:
        dataset: cleaned.
        done: tally, which grows.

    Raises:
        ValueError: the frames cannot be taken apart.
    """
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if "PixelData" not in dataset or syntax not in (*_JPEG, *_JPEG_2000):
        return
    from pydicom.encaps import encapsulate, generate_frames

    try:
        count = int(dataset.get("NumberOfFrames") or 1)
        frames = list(generate_frames(dataset.PixelData, number_of_frames=count))
    except Exception as error:  # pydicom may raise anything on damaged fragments
        raise ValueError("has compressed pixels that cannot be taken apart") from error
    strip = without_comments if syntax in _JPEG else without_j2k_comments
    stripped = [strip(frame) for frame in frames]
    if stripped == frames:
        return
    dataset["PixelData"].value = encapsulate(stripped)
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if keyword in dataset:
            delattr(dataset, keyword)
    done["comments in compressed pixels removed"] += 1


def without_comments(frame: bytes) -> bytes:
    """A JPEG or JPEG-LS stream without comments and application data before its first scan.

    Anything that does not look like a stream comes back as it is: it cannot be decoded either.
    """
    if frame[:2] != b"\xff\xd8":
        return frame
    kept, at = [frame[:2]], 2
    while at + 4 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        end = at + 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
        if marker in (_SCAN, _START) or end > len(frame):
            break
        if not (marker == _COMMENT or (marker in _APPLICATION and marker not in _NEEDED)):
            kept.append(frame[at:end])
        at = end
    return b"".join(kept) + frame[at:]


def without_j2k_comments(frame: bytes) -> bytes:
    """A JPEG 2000 codestream without the comments of its main header; else as `without_comments`."""
    if frame[:2] != b"\xff\x4f":
        return frame
    kept, at = [frame[:2]], 2
    while at + 4 <= len(frame) and frame[at] == 0xFF and frame[at + 1] != _J2K_TILE:
        end = at + 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
        if end > len(frame):
            break
        if frame[at + 1] != _J2K_COMMENT:
            kept.append(frame[at:end])
        at = end
    return b"".join(kept) + frame[at:]
