"""Samples of a WFDB signal file.

Source: ``signal(5)`` of the WFDB Applications Guide, PhysioNet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Storage:
    """One storage format.

    Args:
        unpack: bytes to samples, those of all signals in turn.
        missing: value that stands for "no sample here"; None where there is none.
    """

    unpack: Callable[[bytes], Integers]
    missing: int | None


def _plain(kind: str, shift: int = 0) -> Callable[[bytes], Integers]:
    """Whole numbers of one size; `shift` is what zero is stored as."""
    size = np.dtype(kind).itemsize

    def unpack(content: bytes) -> Integers:
        whole = content[: len(content) // size * size]
        return np.frombuffer(whole, kind).astype(np.int64) - shift

    return unpack


def _three_bytes(content: bytes) -> Integers:
    """24-bit two's complement, low byte first."""
    parts = np.frombuffer(content[: len(content) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int64)
    return _signed(parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16, 24)


def _pairs_of_twelve_bits(content: bytes) -> Integers:
    """Two 12-bit samples in three bytes: low byte, both high halves (the first one low), low byte."""
    padded = content + b"\0" * (-len(content) % 3)
    parts = np.frombuffer(padded, np.uint8).reshape(-1, 3).astype(np.int64)
    samples = np.empty((len(parts), 2), np.int64)
    samples[:, 0] = parts[:, 0] | (parts[:, 1] & 0x0F) << 8
    samples[:, 1] = parts[:, 2] | (parts[:, 1] & 0xF0) << 4
    kept = 2 * (len(content) // 3) + (len(content) % 3 == 2)
    return _signed(samples.ravel()[:kept], 12)


def _threes_of_ten_bits_310(content: bytes) -> Integers:
    """Three 10-bit samples in two little-endian words: bits 1-11 of each, the third from what is left."""
    words = np.frombuffer(content[: len(content) // 4 * 4], "<u2").reshape(-1, 2).astype(np.int64)
    first, second = words[:, 0] >> 1 & 0x3FF, words[:, 1] >> 1 & 0x3FF
    third = words[:, 0] >> 11 | (words[:, 1] >> 11) << 5
    return _signed(np.stack([first, second, third], axis=1).ravel(), 10)


def _threes_of_ten_bits_311(content: bytes) -> Integers:
    """Three 10-bit samples one after the other in a little-endian word of 32 bits."""
    words = np.frombuffer(content[: len(content) // 4 * 4], "<u4").astype(np.int64)
    samples = np.stack([words & 0x3FF, words >> 10 & 0x3FF, words >> 20 & 0x3FF], axis=1)
    return _signed(samples.ravel(), 10)


def _signed(values: Integers, bits: int) -> Integers:
    """Two's complement of so many bits."""
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values)


STORAGE: dict[int, Storage] = {
    16: Storage(_plain("<i2"), -(1 << 15)),
    24: Storage(_three_bytes, -(1 << 23)),
    32: Storage(_plain("<i4"), -(1 << 31)),
    61: Storage(_plain(">i2"), -(1 << 15)),
    80: Storage(_plain("u1", shift=1 << 7), -(1 << 7)),
    160: Storage(_plain("<u2", shift=1 << 15), -(1 << 15)),
    212: Storage(_pairs_of_twelve_bits, -(1 << 11)),
    310: Storage(_threes_of_ten_bits_310, -(1 << 9)),
    311: Storage(_threes_of_ten_bits_311, -(1 << 9)),
}
