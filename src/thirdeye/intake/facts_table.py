"""Facts of many images in little memory: typed columns, and every repeated text once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

_BLOCK = 1024


class FactsTable:
    """Rows as they come, a block of them at a time turned into columns.

    The columns are those of all rows; an unreadable image has none of the gauges', which are NaN there.
    """

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._blocks: list[pd.DataFrame] = []
        self._texts: dict[str, str] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """Append the facts of one image."""
        self._rows.append({name: self._once(value) for name, value in row.items()})
        if len(self._rows) == _BLOCK:
            self._pack()

    def frame(self) -> pd.DataFrame:
        """One row per image, indexed by its reference."""
        self._pack()
        frame = pd.concat(self._blocks, ignore_index=True) if len(self._blocks) > 1 else self._blocks[0]
        return frame.set_index("image")

    def _pack(self) -> None:
        if self._rows or not self._blocks:
            self._blocks.append(pd.DataFrame(self._rows))
            self._rows = []

    def _once(self, value: Any) -> Any:
        """The same text object for equal short texts; hashes and names, which do not repeat, pass."""
        if not isinstance(value, str) or len(value) >= 64:
            return value
        return self._texts.setdefault(value, value)
