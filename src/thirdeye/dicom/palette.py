"""PALETTE COLOR to RGB (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2).

Own code, because pydicom 3.0 leaves tables of big-endian files unswapped, and cuts indices to 8 bits where
the entries have 8.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_COLOURS = ("Red", "Green", "Blue")
_MOST_ENTRIES = 1 << 16
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


def palette_to_rgb(dataset: Any, indices: NDArray[np.generic]) -> NDArray[np.uint8]:
    """(H, W) stored values through the red, green and blue table to (H, W, 3).

    Values below the first entry take the first, values above the last take the last. Of 16-bit entries the
    upper byte is shown; where no entry exceeds 255 they are 8-bit entries in 16 bits, as some devices write.

    Raises:
        ValueError: a table is missing, has no entries, or is damaged.
    """
    tables = [_table(dataset, colour) for colour in _COLOURS]
    first = int(dataset.RedPaletteColorLookupTableDescriptor[1])
    places = np.clip(indices.astype(np.int64) - first, 0, None)
    deep = max(int(table.max()) for table in tables) > 255
    channels = [table[np.minimum(places, table.size - 1)] for table in tables]
    rgb = np.stack(channels, axis=-1)
    return (rgb >> 8 if deep else rgb).astype(np.uint8)


def _table(dataset: Any, colour: str) -> NDArray[np.uint16]:
    descriptor = dataset.get(f"{colour}PaletteColorLookupTableDescriptor")
    if descriptor is None or isinstance(descriptor, int) or len(descriptor) != 3:
        raise ValueError("is PALETTE COLOR, but has no table of colours")
    entries, bits = int(descriptor[0]) or _MOST_ENTRIES, int(descriptor[2])
    if bits not in (8, 16):
        raise ValueError(f"has a table of colours with {bits} bits an entry; 8 or 16 are possible")
    little = dataset.file_meta.TransferSyntaxUID.is_little_endian
    plain = dataset.get(f"{colour}PaletteColorLookupTableData")
    segmented = dataset.get(f"Segmented{colour}PaletteColorLookupTableData")
    if plain:
        table = _words(plain, entries, little=little)
    elif segmented:
        words = np.frombuffer(segmented, "u1" if bits == 8 else ("<u2" if little else ">u2"))
        table = expand_segments(words.astype(np.int64), words.dtype.itemsize)
    else:
        raise ValueError("is PALETTE COLOR, but has no table of colours")
    if not table.size:
        raise ValueError("has an empty table of colours")
    return table[:entries]


def _words(data: bytes, entries: int, *, little: bool) -> NDArray[np.uint16]:
    """Entries of one byte each, or of two."""
    if len(data) >= 2 * entries:
        return np.frombuffer(data, "<u2" if little else ">u2", entries).astype(np.uint16)
    octets = np.frombuffer(data, np.uint8)
    if not little and octets.size % 2 == 0:  # words of two entries, swapped as words
        octets = octets.reshape(-1, 2)[:, ::-1].ravel()
    return octets.astype(np.uint16)


def expand_segments(words: NDArray[np.int64], width: int = 2) -> NDArray[np.uint16]:
    """A segmented table, written out (PS3.3 C.7.9.2).

    Args:
        words: opcodes, lengths and values.
        width: bytes of a word; an indirect segment's offset counts bytes.

    Raises:
        ValueError: it ends within a segment, begins with a line, refers to itself, or grows beyond 65,536
            entries.
    """
    entries: list[int] = []
    _expand(words, 0, len(words), width, entries, depth=0)
    return np.array(entries, dtype=np.uint16)


def _expand(
    words: NDArray[np.int64],
    start: int,
    end: int,
    width: int,
    entries: list[int],
    *,
    depth: int,
    most: int = 1 << 30,
) -> None:
    at, done = start, 0
    while at + 1 < end and done < most:
        opcode, length = int(words[at]), int(words[at + 1])
        if opcode == _DISCRETE:
            _need(at + 2 + length <= len(words))
            entries.extend(int(value) for value in words[at + 2 : at + 2 + length])
            at += 2 + length
        elif opcode == _LINEAR:
            _need(at + 3 <= len(words) and bool(entries))
            entries.extend(np.rint(np.linspace(entries[-1], int(words[at + 2]), length + 1)[1:]).astype(int))
            at += 3
        elif opcode == _INDIRECT:
            size = 4 // width  # the offset is four bytes, the least significant word first
            _need(at + 2 + size <= len(words) and depth == 0)
            offset = sum(int(words[at + 2 + k]) << (8 * width * k) for k in range(size)) // width
            _need(0 <= offset < at)
            _expand(words, offset, at, width, entries, depth=1, most=length)
            at += 2 + size
        else:
            raise ValueError(f"has a segmented table of colours with the unknown code {opcode}")
        _need(len(entries) <= _MOST_ENTRIES)
        done += 1


def _need(holds: bool) -> None:
    if not holds:
        raise ValueError("has a damaged segmented table of colours")
