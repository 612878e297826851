"""An inverted file over past cases: which of them to look at, so that a large archive is not read whole.

The centres are made by a library when the cases are kept (`thirdeye.journey.similar.listing`); the rows of a
gallery then lie list after list, so the file holds nothing but numbers: centres, and where each list starts.
No library opens it. What is looked at is compared exactly, with the vectors themselves.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.hashed import verified
from thirdeye.inference.similar.search import similarities

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Beyond:
    """From when on lists are made and used.

    Args:
        cases: past cases of a study; with more, lists are used.
        run: fewest cases that were seen through the same members, for lists to be made of them.
    """

    cases: int = 100_000
    run: int = 10_000


BEYOND = Beyond()


@dataclass(frozen=True)
class Lists:
    """Of n rows that were seen through the same members.

    Args:
        centres: (L, D) float32 unit vectors, padded with zeros as those of the gallery are.
        starts: (L + 1,) first row of each list; the last is n.
        visited: lists that are looked at first.
    """

    centres: Floats
    starts: Rows
    visited: int

    def nearest(self, query: Floats, count: int) -> Rows:
        """Numbers, in order, of the `count` lists whose centres are nearest to a query (D,)."""
        order = np.argsort(-(self.centres[:, : len(query)] @ query), kind="stable")[:count]
        return np.sort(order).astype(np.int64)

    def similarities(self, vectors: NDArray[np.floating], query: Floats, count: int) -> tuple[Rows, Floats]:
        """Rows (m,), in order, of the `count` nearest lists, and their inner products with a query (D,)."""
        bounds = [(self.starts[one], self.starts[one + 1]) for one in self.nearest(query, count)]
        rows = [np.arange(first, end) for first, end in bounds]
        found = [similarities(vectors[first:end], query) for first, end in bounds]
        return np.concatenate(rows), np.concatenate(found)


def write_lists(study: Study, name: str, runs: Sequence[Lists | None]) -> dict[str, str]:
    """Write the lists of the runs of a gallery; their "file" and "sha256"."""
    arrays: dict[str, NDArray[Any]] = {}
    for at, one in enumerate(runs):
        if one is not None:
            arrays |= {f"centres_{at}": one.centres, f"starts_{at}": one.starts}
    file = f"similar_{name}_lists.npz"
    with study.writing(f"model/{file}") as path, path.open("wb") as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]
    return {"file": file, "sha256": study.sha256(f"model/{file}")}


def read_lists(
    study: Study, entry: Mapping[str, Any], counts: Sequence[int], width: int
) -> tuple[Lists | None, ...]:
    """The lists that `write_lists` wrote, of runs of `counts` rows of `width` numbers; never unpickles.

    Args:
        study: whose they are.
        entry: "file", "sha256", and under "runs" how many lists of each run are looked at; None: no lists.
        counts: rows of each run.
        width: D of the gallery.

    Raises:
        StudyMismatch: the file is missing, damaged, or was changed after it was written.
    """
    content = verified(study, entry)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            found = tuple(
                None if run is None else _of_run(stored, at, int(run["visited"]), (count, width))
                for at, (run, count) in enumerate(zip(entry["runs"], counts, strict=True))
            )
    except Exception as error:  # zipfile and numpy raise unrelated types
        name = Path(str(entry["file"])).name
        raise StudyMismatch(f"model/{name} is damaged ({error}); add the archive again") from error
    return found


def _of_run(stored: Mapping[str, Any], at: int, visited: int, shape: tuple[int, int]) -> Lists:
    (count, width), centres, starts = shape, stored[f"centres_{at}"], stored[f"starts_{at}"]
    shaped = centres.shape[1:] == (width,) and starts.ndim == 1 and len(starts) == len(centres) + 1 > 1
    if not shaped or centres.dtype != np.float32 or not np.isfinite(centres).all():
        raise ValueError("not a finite table of centres, as wide as the vectors")
    if starts.dtype != np.int64 or starts[0] != 0 or starts[-1] != count or (np.diff(starts) < 0).any():
        raise ValueError("lists that are not the cases")
    if not 1 <= visited <= len(centres):
        raise ValueError(f"{visited} of {len(centres)} lists")
    return Lists(centres, starts, visited)
