"""Yes-or-no decisions of several readers on a common list of cases, beside a machine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.inputs import check_binary, check_numbers


@dataclass(frozen=True)
class Decisions:
    """Decisions before anybody saw anybody else's.

    Args:
        called: (R, C) 1 and 0; NaN where a reader did not read a case.
        truth: (C,) whether the case has the condition.
        machine: (C,) whether the machine calls it; None where there is no machine.
        readers, cases: R and C names.
    """

    called: NDArray[np.float64]
    truth: NDArray[np.bool_]
    machine: NDArray[np.bool_] | None
    readers: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def read(self) -> NDArray[np.bool_]:
        """(R, C): where there is a decision."""
        return ~np.isnan(self.called)


def decisions_of(
    called: Any, truth: Any, machine: Any = None, *, readers: Sequence[str] = (), cases: Sequence[str] = ()
) -> Decisions:
    """Checked decisions.

    Args:
        called: (R, C) of 0 and 1, NaN where a reader did not read a case; every case read by somebody.
        truth: (C,) of 0 and 1.
        machine: (C,) of 0 and 1, or None.
        readers, cases: names; numbers from 1 where none are given.

    Raises:
        UsageError: shapes that do not fit.
        DataRefused: other values than 0 and 1, or a case that nobody read.
    """
    table = check_numbers("decisions", called)
    sick = check_binary(truth)
    if table.ndim != 2 or table.shape[1] != sick.size or not table.shape[0]:
        raise UsageError(f"decisions: expected readers x {sick.size} cases, got an array of {table.shape}")
    wrong = table[~np.isnan(table) & (table != 0) & (table != 1)]
    if wrong.size:
        raise DataRefused(f"decisions: expected 0, 1 or nothing, got {wrong[0]}")
    said = None if machine is None else check_binary(machine)
    if said is not None and said.size != sick.size:
        raise UsageError(f"the machine decided {said.size} of {sick.size} cases")
    people = tuple(str(name) for name in readers) or tuple(str(j + 1) for j in range(len(table)))
    names = tuple(str(name) for name in cases) or tuple(str(c + 1) for c in range(sick.size))
    if (len(people), len(names)) != table.shape:
        raise UsageError(f"{len(people)} readers, {len(names)} cases named for a table of {table.shape}")
    unread = np.isnan(table).all(axis=0)
    if unread.any():
        raise DataRefused(f"nobody read case '{names[int(np.argmax(unread))]}'; leave it out")
    return Decisions(table, sick, said, people, names)
