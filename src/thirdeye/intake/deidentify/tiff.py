"""A TIFF without what it says of itself: its pixels, still compressed, in a new file (TIFF 6.0, BigTIFF)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

# Tags that say how pixels are stored and shown; every other one, and every private one, goes.
_KEPT = frozenset(
    [254, 256, 257, 258, 259, 262, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 317, 318, 319, 320, 322,
     323, 338, 339, 340, 341, 347, 529, 530, 531, 532]
)  # fmt: skip
_OFFSETS, _COUNTS = {273: 279, 324: 325}, {279, 325}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 17: 8, 18: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class _Entry:
    """One field of a directory: type, number of values, their bytes in the order of the file."""

    kind: int
    count: int
    raw: bytes


def strip_tiff(content: bytes) -> bytes:
    """The same pixels; texts, dates, EXIF, colour profile, thumbnails and whatever no tag points to are gone.

    Args:
        content: of a TIFF or BigTIFF file.

    Raises:
        ValueError: it is damaged, or of a kind (old JPEG) that points outside itself; goes on from its name.
    """
    try:
        return _Writer(_Reader(content)).written()
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError("is a damaged TIFF") from error


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.order = {b"II": "<", b"MM": ">"}[content[:2]]
        (magic,) = struct.unpack_from(self.order + "H", content, 2)
        if magic not in (42, 43):
            raise ValueError("is not a TIFF")
        self.big = magic == 43

    def pages(self) -> list[dict[int, _Entry]]:
        """The directories on the main chain; sub-directories (thumbnails, EXIF) are not followed."""
        found: list[dict[int, _Entry]] = []
        word = "Q" if self.big else "I"
        (at,) = struct.unpack_from(self.order + word, self.content, 8 if self.big else 4)
        seen: set[int] = set()
        while at:
            if at in seen or len(found) > _MOST_PAGES:
                raise ValueError("is a TIFF whose pages go round in a circle")
            seen.add(at)
            page, at = self._page(at)
            found.append(page)
        if not found:
            raise ValueError("is a TIFF without a page")
        return found

    def _page(self, at: int) -> tuple[dict[int, _Entry], int]:
        count_word, size, word = ("Q", 20, "Q") if self.big else ("H", 12, "I")
        (count,) = struct.unpack_from(self.order + count_word, self.content, at)
        start = at + struct.calcsize(count_word)
        if start + count * size > len(self.content):
            raise ValueError("is a TIFF that is cut off")
        page = dict(self._entry(start + index * size) for index in range(count))
        (following,) = struct.unpack_from(self.order + word, self.content, start + count * size)
        return page, following

    def _entry(self, at: int) -> tuple[int, _Entry]:
        word, room = ("Q", 8) if self.big else ("I", 4)
        tag, kind = struct.unpack_from(self.order + "HH", self.content, at)
        (count,) = struct.unpack_from(self.order + word, self.content, at + 4)
        length, place = _SIZES.get(kind, 1) * count, at + 4 + room
        if length > room:
            (place,) = struct.unpack_from(self.order + word, self.content, place)
        raw = self.content[place : place + length]
        if len(raw) < length:
            raise ValueError("is a TIFF that is cut off")
        return tag, _Entry(kind, count, raw)

    def numbers(self, entry: _Entry) -> tuple[int, ...]:
        """The values of a field of whole numbers."""
        return struct.unpack(f"{self.order}{entry.count}{_INTEGERS[entry.kind]}", entry.raw)


class _Writer:
    """Writes strips, values and directories one after the other; offsets are as wide as in the source."""

    def __init__(self, reader: _Reader) -> None:
        self.reader, self.order, self.big = reader, reader.order, reader.big
        self.word = "Q" if self.big else "I"
        head: tuple[Any, ...] = (43, 8, 0, 0) if self.big else (42, 0)
        form = "HHHQ" if self.big else "HI"
        self.out = bytearray((b"II" if self.order == "<" else b"MM") + struct.pack(self.order + form, *head))
        self.link = 8 if self.big else 4

    def written(self) -> bytes:
        """The whole file."""
        for page in self.reader.pages():
            self._add(page)
        return bytes(self.out)

    def _add(self, page: dict[int, _Entry]) -> None:
        kept = {tag: entry for tag, entry in page.items() if tag in _KEPT}
        stored = next((tag for tag in _OFFSETS if tag in page), None)
        if stored is None or self._compression(page) == 6:
            raise ValueError("is a TIFF whose pixels are not stored in strips or tiles")
        kept |= self._pixels(page, stored)
        values = {tag: (entry, self._value(entry)) for tag, entry in sorted(kept.items())}
        self._align()
        struct.pack_into(self.order + self.word, self.out, self.link, len(self.out))
        self.out += struct.pack(self.order + ("Q" if self.big else "H"), len(values))
        for tag, (entry, value) in values.items():
            self.out += struct.pack(self.order + "HH" + self.word, tag, entry.kind, entry.count) + value
        self.link = len(self.out)
        self.out += struct.pack(self.order + self.word, 0)

    def _compression(self, page: dict[int, _Entry]) -> int:
        return self.reader.numbers(page[259])[0] if 259 in page else 1

    def _pixels(self, page: dict[int, _Entry], stored: int) -> dict[int, _Entry]:
        """Copy strips or tiles; the fields that say where they are now."""
        offsets = self.reader.numbers(page[stored])
        counts = self.reader.numbers(page[_OFFSETS[stored]])
        if len(offsets) != len(counts):
            raise ValueError("is a damaged TIFF")
        places = []
        for offset, count in zip(offsets, counts, strict=True):
            if offset + count > len(self.reader.content):
                raise ValueError("is a TIFF that is cut off")
            self._align()
            places.append(len(self.out))
            self.out += self.reader.content[offset : offset + count]
        kind = 16 if self.big else 4
        return {
            tag: _Entry(kind, len(numbers), struct.pack(f"{self.order}{len(numbers)}{self.word}", *numbers))
            for tag, numbers in ((stored, places), (_OFFSETS[stored], list(counts)))
        }

    def _value(self, entry: _Entry) -> bytes:
        """The bytes of a field that stand in its directory: its value, or where that is."""
        room = 8 if self.big else 4
        if len(entry.raw) <= room:
            return entry.raw.ljust(room, b"\0")
        self._align()
        place = len(self.out)
        self.out += entry.raw
        return struct.pack(self.order + self.word, place)

    def _align(self) -> None:
        self.out += b"\0" * (-len(self.out) % 8)
