"""Arrays that are filled row by row and lie on disk where they are large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

IN_MEMORY_BYTES = 32 * 1024**2


class GrowingArray:
    """An array of (N, ...) of which N is known beforehand.

    Args:
        length: N.
        path: file to write to when the whole takes more than `IN_MEMORY_BYTES`.
        dtype: type of its values.
        shape: of one row.
    """

    def __init__(self, length: int, path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> None:
        self._shape = (length, *shape)
        self._dtype = np.dtype(dtype)
        self._filled = 0
        self._path = path
        large = int(np.prod(self._shape)) * self._dtype.itemsize > IN_MEMORY_BYTES
        self._file = path.open("wb") if large else None
        self._rows = None if large else np.zeros(self._shape, self._dtype)

    def add(self, rows: NDArray[Any]) -> None:
        """Append (n, ...) rows."""
        if self._rows is not None:
            self._rows[self._filled : self._filled + len(rows)] = rows
        elif self._file is not None:  # written, not mapped: what is mapped counts as memory in use
            self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        self._filled += len(rows)

    def finished(self) -> NDArray[Any]:
        """The whole array; on disk it can be written to, and only what is looked at is in memory."""
        if self._rows is not None:
            return self._rows
        if self._file is not None:
            self._file.close()
        return np.memmap(self._path, self._dtype, "r+", shape=self._shape)
