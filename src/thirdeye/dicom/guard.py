"""What a DICOM header must satisfy before its pixels are decoded."""

from __future__ import annotations

import zlib
from typing import Any

from thirdeye.dicom.groups import number_of_frames

MAX_MEGAPIXELS = 300
MAX_FILE_BYTES = 2 * 1024**3
MAX_INFLATED_BYTES = 1024**3
_DEFLATED = "1.2.840.10008.1.2.1.99"
_RLE = "1.2.840.10008.1.2.5"
_LONGEST_RUN = 64  # bytes that one byte can stand for (PS3.5 G.3)
_LOOK = 1 << 16  # bytes of the first frame in which its size is looked for
_FRAME_MARKERS = frozenset([*range(0xC0, 0xD0), 0xF7]) - {0xC4, 0xC8, 0xCC}  # SOFn (ITU-T T.81, T.87)
_GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_COLOUR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT", "YBR_PARTIAL_420")
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_J2K_SIZE_MARKER = b"\xff\x4f\xff\x51"  # SOC, SIZ (ISO/IEC 15444-1, A.5.1)


def check_before_decoding(dataset: Any) -> None:
    """Refuse a header that is impossible, too large, or contradicted by the length of its pixels.

    Args:
        dataset: a pydicom dataset with pixels.

    Raises:
        ValueError: one sentence without a trailing full stop, the reason.
    """
    if not any(keyword in dataset for keyword in _PIXELS):
        raise ValueError(
            "is DICOM without pixels (a report, a structure set, an encapsulated document, or a file cut off)"
        )
    rows, columns = _whole(dataset, "Rows"), _whole(dataset, "Columns")
    samples = _whole(dataset, "SamplesPerPixel")
    _check_size(rows, columns)
    frames = number_of_frames(dataset)
    _check_meaning(dataset, samples)
    _check_bits(dataset)
    _check_rescale(dataset)
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        _check_codestream(bytes(dataset.PixelData[:_LOOK]), rows, columns)
        _check_fragments(dataset, frames, rows * columns * samples)
    else:
        _check_length(dataset, rows * columns * samples, frames)


def _whole(dataset: Any, keyword: str) -> int:
    value = dataset.get(keyword)
    if not isinstance(value, int):
        raise ValueError(f"has no valid {keyword} in its DICOM header ({value!r})")
    return value


def _check_size(rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise ValueError(f"claims {columns} x {rows} pixels")
    if rows * columns > MAX_MEGAPIXELS * 1_000_000:
        raise ValueError(
            f"claims {columns} x {rows} pixels, more than the limit of {MAX_MEGAPIXELS} megapixels"
        )


def _check_meaning(dataset: Any, samples: int) -> None:
    photometric = str(dataset.get("PhotometricInterpretation", ""))[:40]
    if photometric not in (*_GREY, *_COLOUR):
        raise ValueError(f"has the photometric interpretation '{photometric}', which is not read")
    expected = 1 if photometric in _GREY else 3
    if samples != expected:
        raise ValueError(f"says {samples} samples a pixel, but {photometric} has {expected}")


def _check_bits(dataset: Any) -> None:
    allocated = _whole(dataset, "BitsAllocated")
    if "PixelData" not in dataset:
        return
    stored = _whole(dataset, "BitsStored")
    if allocated not in (1, 8, 16, 32):
        raise ValueError(f"says {allocated} bits allocated; 1, 8, 16 or 32 are read")
    if not 1 <= stored <= allocated:
        raise ValueError(f"says {stored} bits stored of {allocated} allocated")


def _check_rescale(dataset: Any) -> None:
    slope = dataset.get("RescaleSlope")
    if slope is not None and float(slope) == 0:
        raise ValueError("has a RescaleSlope of 0, which makes every pixel equal")


def _check_length(dataset: Any, values: int, frames: int) -> None:
    held = max(len(dataset[keyword].value or b"") for keyword in _PIXELS if keyword in dataset)
    needed = (frames * values * int(dataset.BitsAllocated) + 7) // 8
    if str(dataset.PhotometricInterpretation) == "YBR_FULL_422":
        needed = needed * 2 // 3
    if held < needed:
        raise ValueError(f"is cut off: {held} bytes of pixels where its header needs {needed}")


def _check_fragments(dataset: Any, frames: int, values: int) -> None:
    """Encapsulated frames take an item of 8 bytes each (PS3.5 A.4), and runs at least 2 bytes for 128."""
    held = len(dataset.PixelData)
    if held < 8 * frames:
        raise ValueError(f"claims {frames:,} frames, but holds {held:,} bytes of compressed pixels")
    needed = frames * values * int(dataset.BitsAllocated) // 8
    if str(dataset.file_meta.TransferSyntaxUID) == _RLE and held * _LONGEST_RUN < needed:
        raise ValueError(f"is cut off: {held:,} bytes of runs cannot make {needed:,} bytes of pixels")


def _check_codestream(start: bytes, rows: int, columns: int) -> None:
    """A codestream names its own size; a decoder would believe that one."""
    at = start.find(_J2K_SIZE_MARKER)
    if at < 0 or len(start) < at + 24:
        _check_jpeg(start, rows, columns)
        return
    width, height, left, top = (int.from_bytes(start[at + k : at + k + 4], "big") for k in (8, 12, 16, 20))
    if (height - top, width - left) != (rows, columns):
        raise ValueError(
            f"contradicts itself: header {columns} x {rows} pixels, "
            f"JPEG 2000 stream {width - left} x {height - top}"
        )


def _check_jpeg(start: bytes, rows: int, columns: int) -> None:
    """The same for JPEG and JPEG-LS: segments are walked from SOI to the frame header."""
    at = start.find(b"\xff\xd8\xff") + 2
    while 2 <= at <= len(start) - 9 and start[at] == 0xFF:
        if start[at + 1] == 0xFF:  # fill byte
            at += 1
            continue
        if start[at + 1] in _FRAME_MARKERS:
            height, width = (int.from_bytes(start[at + k : at + k + 2], "big") for k in (5, 7))
            if height and (height, width) != (rows, columns):
                raise ValueError(
                    f"contradicts itself: header {columns} x {rows} pixels, JPEG stream {width} x {height}"
                )
            return
        at += 2 + int.from_bytes(start[at + 2 : at + 4], "big")


def check_deflated(
    transfer_syntax: str, body: bytes | memoryview, *, most_bytes: int = MAX_INFLATED_BYTES
) -> None:
    """Refuse a deflated dataset that grows beyond a limit (PS3.5 A.5), before it does.

    Args:
        transfer_syntax: UID from the file's meta information.
        body: everything after the meta information.
        most_bytes: the limit.

    Raises:
        ValueError: as `check_before_decoding`.
    """
    if transfer_syntax != _DEFLATED:
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    total, rest = 0, bytes(body)
    while rest and not inflater.eof:
        total += len(inflater.decompress(rest, 1 << 20))
        rest = inflater.unconsumed_tail
        if total > most_bytes:
            raise ValueError(f"inflates to more than {most_bytes // 1024**2} MB")
