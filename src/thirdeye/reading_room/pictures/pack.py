"""A frame as bytes: a header in JSON, then the values, made small without loss."""

from __future__ import annotations

import json
import sys
import zlib

import numpy as np
from numpy.typing import NDArray

from thirdeye.reading_room.pictures.frame import Frame

_ALIGN = 8
_LEVEL = 1  # of deflate: differences of neighbours are small already


def packed(frame: Frame) -> bytes:
    """A frame as a zlib stream (RFC 1950), to be sent with ``Content-Encoding: deflate``.

    Unpacked it is: the length of the header as 4 bytes, little-endian; the header in JSON, with spaces to a
    multiple of 8 bytes; then one byte of each value's difference from its left neighbour, row by row: all
    lower bytes, then all upper ones where a value has 16 bits. Differences wrap around.
    """
    head = json.dumps(frame.header(), allow_nan=False).encode()
    head += b" " * (-(4 + len(head)) % _ALIGN)
    return zlib.compress(len(head).to_bytes(4, "little") + head + _differences(frame.values), _LEVEL)


def _differences(values: NDArray[np.generic]) -> bytes:
    unsigned = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
    steps = unsigned.copy()
    steps[:, 1:] -= unsigned[:, :-1]
    if values.dtype.itemsize == 1:
        return steps.tobytes()
    halves = steps.view(np.uint8).reshape(-1, 2)
    lower, upper = (0, 1) if sys.byteorder == "little" else (1, 0)
    return halves[:, lower].tobytes() + halves[:, upper].tobytes()
