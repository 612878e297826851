"""Colour of 16 bits a channel, of which Pillow alone keeps only the upper 8."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_deep_colour(picture: Any) -> NDArray[np.uint16] | None:
    """(H, W, 3) or (H, W, 4) uint16 pixels of an opened PNG or TIFF with 16 bits a channel.

    Pillow unpacks such pixels by taking the upper byte of each sample. The same file is unpacked twice,
    the second time with the byte order exchanged, and the two halves are put together.

    Args:
        picture: a Pillow image file that has not been loaded yet.

    Returns:
        None when the file is not of this kind (grey of 16 bits, or 8 bits a channel).
    """
    raw = _raw_mode(picture)
    if raw == "LA;16B":
        return _grey_with_opacity(picture)
    if raw is None or not raw.startswith(("RGB;16", "RGBA;16")):
        return None
    upper = _unpack(picture, raw)
    lower = _unpack(picture, _exchanged(raw))
    joined: NDArray[np.uint16] = upper.astype(np.uint16) * np.uint16(256) + lower
    return joined


def _raw_mode(picture: Any) -> str | None:
    if not picture.tile:
        return None
    arguments = picture.tile[0][3]
    raw = arguments if isinstance(arguments, str) else (arguments[0] if arguments else None)
    return raw if isinstance(raw, str) else None


def _exchanged(raw: str) -> str:
    model, order = raw.split(";16")
    if order == "N":
        order = "L" if sys.byteorder == "little" else "B"
    return f"{model};16{'B' if order == 'L' else 'L'}"


def _unpack(picture: Any, raw: str) -> NDArray[np.uint8]:
    fresh = _reopened(picture)
    fresh.tile = [_with_raw_mode(tile, raw) for tile in fresh.tile]
    return np.asarray(fresh)


def _grey_with_opacity(picture: Any) -> NDArray[np.uint16]:
    """Two 16-bit samples a pixel are four bytes a pixel: read them as 8-bit RGBA and join the halves."""
    fresh = _reopened(picture)
    fresh.tile = [_with_raw_mode(tile, "RGBA") for tile in fresh.tile]
    halves = np.asarray(fresh).astype(np.uint16)  # (H, W, grey high, grey low, opacity high, opacity low)
    grey = (halves[:, :, 0] << 8) | halves[:, :, 1]
    opacity = (halves[:, :, 2] << 8) | halves[:, :, 3]
    return np.stack([grey, grey, grey, opacity], axis=-1)


def _reopened(picture: Any) -> Any:
    picture.fp.seek(0)
    return type(picture)(picture.fp)


def _with_raw_mode(tile: Any, raw: str) -> Any:
    codec, extents, offset, arguments = tile[:4]
    changed = raw if isinstance(arguments, str) else (raw, *arguments[1:])
    kind = type(tile) if hasattr(tile, "_fields") else lambda *parts: parts
    return kind(codec, extents, offset, changed)
