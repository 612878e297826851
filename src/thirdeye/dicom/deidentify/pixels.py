"""Pixel data without what hides behind or beside the pixels."""

from __future__ import annotations

from collections import Counter
from typing import Any


def trim_pixels(dataset: Any, done: Counter[str]) -> None:
    """Cut off bytes behind the last pixel of uncompressed pixel data.

    Args:
        dataset: cleaned.
        done: tally, which grows.
    """
    if "PixelData" not in dataset or dataset.file_meta.TransferSyntaxUID.is_compressed:
        return
    needed = _needed_bytes(dataset)
    held = dataset["PixelData"].value
    if needed is None or not isinstance(held, bytes) or len(held) <= needed + needed % 2:
        return
    dataset["PixelData"].value = held[:needed] + b"\0" * (needed % 2)
    done["bytes behind the last pixel removed"] += 1


def _needed_bytes(dataset: Any) -> int | None:
    """Bytes that the header asks for; None where it contradicts itself."""
    try:
        frames = int(dataset.get("NumberOfFrames") or 1)
        bits = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated * frames
    except (AttributeError, TypeError, ValueError):
        return None
    needed = (bits + 7) // 8
    if dataset.get("PhotometricInterpretation") == "YBR_FULL_422":
        needed = needed * 2 // 3
    return needed if needed > 0 else None
