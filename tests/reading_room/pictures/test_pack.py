"""Frames as bytes: nothing is lost, whatever the kind of values."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from thirdeye.reading_room.pictures.frame import Frame, Window
from thirdeye.reading_room.pictures.pack import packed


def unpacked(content: bytes) -> tuple[dict, np.ndarray]:
    """The inverse of `packed`, by another road: big sums instead of running ones."""
    plain = zlib.decompress(content)
    length = int.from_bytes(plain[:4], "little")
    header = json.loads(plain[4 : 4 + length])
    steps = np.frombuffer(plain[4 + length :], np.uint8)
    shape = (header["rows"], header["columns"]) + ((3,) if header["channels"] == 3 else ())
    if header["type"].endswith("2"):
        lower, upper = np.split(steps, 2)
        steps = lower.astype(np.int64) + 256 * upper.astype(np.int64)
        modulus = 65536
    else:
        modulus = 256
    sums = steps.astype(np.int64).reshape(shape).cumsum(axis=1) % modulus
    if header["type"] == "i2":
        sums = np.where(sums > 32767, sums - 65536, sums)
    return header, sums


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (7, 13)])
def test_grey_comes_back(kind, shape) -> None:
    limits = np.iinfo(kind)
    values = np.random.default_rng(1).integers(limits.min, limits.max, shape, dtype=kind, endpoint=True)
    header, back = unpacked(
        packed(Frame(values, slope=2.5, intercept=-7, windows=(Window(1, 2, "linear", "file"),)))
    )
    assert (back == values).all()
    assert (header["slope"], header["intercept"], header["rows"], header["columns"]) == (2.5, -7, *shape)
    assert header["windows"] == [{"centre": 1, "width": 2, "shape": "linear", "word": "file"}]


def test_colour_comes_back() -> None:
    values = np.random.default_rng(1).integers(0, 256, (5, 9, 3), dtype=np.uint8)
    header, back = unpacked(packed(Frame(values)))
    assert (back == values).all()
    assert header["channels"] == 3


def test_the_values_start_at_a_multiple_of_eight() -> None:
    for table in (None, np.linspace(0, 1, 5, dtype=np.float32)):
        plain = zlib.decompress(packed(Frame(np.zeros((2, 2), np.uint16), table=table)))
        assert (4 + int.from_bytes(plain[:4], "little")) % 8 == 0
