"""Finding the file that a cell of a table means."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from thirdeye.intake.reference import as_path, as_reference, readable, split_selector
from thirdeye.intake.stems import without_ending

_EXACT, _ENDING, _STEM = 3, 2, 1


@dataclass(frozen=True)
class Matches:
    """One column looked up.

    Args:
        references: per row the file, or "" where there is none or more than one.
        ambiguous: (cell, its files) where more than one file fits.
        quality: 0 to 1; higher for full paths than for names without extension.
    """

    references: tuple[str, ...]
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...]
    quality: float

    @property
    def share(self) -> float:
        """Part of the rows for which a file was found, 0 to 1."""
        return sum(map(bool, self.references)) / max(1, len(self.references))


class NameIndex:
    """Files by full path, by any ending of their path, and by either without the extension.

    Args:
        root: folder that `files` are relative to.
        files: relative paths with forward slashes.
        stay_inside: a name that leads out of `root` is never followed.
    """

    def __init__(self, root: Path, files: Sequence[str], *, stay_inside: bool = False) -> None:
        self.root = root
        self._stay_inside = stay_inside
        self.files = tuple(files)
        self._files = frozenset(files)
        self._keys: dict[str, list[str]] = {}
        for file in files:
            for key in set(_endings(_normal(file))):
                self._keys.setdefault(key, []).append(file)
        self._stems: dict[str, list[str]] = {}
        for file in files:
            for key in set(_endings(_normal(without_ending(file)))):
                self._stems.setdefault(key, []).append(file)

    def match(self, cells: Iterable[str]) -> Matches:
        """Look up every cell; blanks are not found."""
        cells = list(cells)
        known: dict[str, tuple[Sequence[str], int]] = {cell: self._find(cell) for cell in set(cells) if cell}
        found = [known.get(cell, ((), 0)) for cell in cells]
        ambiguous = {
            cell: tuple(files) for cell, (files, _) in zip(cells, found, strict=True) if len(files) > 1
        }
        hits = [grade for files, grade in found if len(files) == 1]
        return Matches(
            references=tuple(files[0] if len(files) == 1 else "" for files, _ in found),
            ambiguous=tuple(ambiguous.items()),
            quality=sum(hits) / (_EXACT * len(hits)) if hits else 0.0,
        )

    def _find(self, cell: str) -> tuple[Sequence[str], int]:
        if cell in self._files:
            return (cell,), _EXACT
        name = _normal(cell)
        for ending in _endings(name):
            if ending in self._keys:
                files = self._keys[ending]
                return files, _EXACT if _normal(files[0]) == name else _ENDING
        for ending in (*_endings(name), *_endings(without_ending(name))):
            if ending in self._stems:
                return self._stems[ending], _STEM
        outside = self._outside(cell)
        return ((outside,), _EXACT) if outside else ((), 0)

    def _outside(self, cell: str) -> str | None:
        """A path that leaves the root, relative to it ("../scans/1.png"), when the file is there."""
        if self._stay_inside or not (cell.startswith(("../", "/")) or os.path.isabs(cell)):  # noqa: PTH117
            return None
        path, selector = as_path(self.root, cell), split_selector(cell)[1]
        try:
            there = path.is_file() or (bool(selector) and path.is_dir())
        except (OSError, ValueError):
            return None
        if not there:
            return None
        name = as_reference(os.path.relpath(path, self.root).replace(os.sep, "/"))
        return f"{name}#{selector}" if selector else name


def _normal(text: str) -> str:
    """One spelling: composed accents, forward slashes, lower case, no leading "./"."""
    name = unicodedata.normalize("NFC", readable(text)).replace("\\", "/").casefold()
    while name.startswith("./"):
        name = name[2:]
    return name.strip("/")


def _endings(path: str) -> list[str]:
    """The path and what remains when its first folders are dropped: "a/b/c", "b/c", "c"."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]
