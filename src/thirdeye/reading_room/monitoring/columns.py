"""Rows of readings as columns of numbers, with the patients they cluster in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.reading_room.monitoring.rows import Watched

FROM = 0.5  # a doctor's probability from which it counts as a positive call, fixed beforehand
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """Cases with a known outcome that doctor and machine have both spoken about.

    Args:
        truth: (n,) whether the case is positive.
        doctor, machine, pair: (n,) probabilities of the positive class.
        doctor_calls, machine_calls, pair_calls: (n,) whether they call it positive.
        patient, reader: (n,) names.
        at: (n,) instants, ascending.
    """

    truth: Flags
    doctor: Array
    machine: Array
    pair: Array
    doctor_calls: Flags
    machine_calls: Flags
    pair_calls: Flags
    patient: NDArray[np.str_]
    reader: NDArray[np.str_]
    at: NDArray[np.str_]

    @property
    def n(self) -> int:
        """Cases."""
        return int(self.truth.size)

    def of(self, rows: Flags) -> Columns:
        """Some of the cases."""
        return Columns(**{name: values[rows] for name, values in vars(self).items()})


def comparable(rows: Sequence[Watched], *, call_from: float = FROM) -> Columns:
    """The aided readings with an outcome and a number of the machine.

    Args:
        rows: of `watched`.
        call_from: probability from which a doctor's counts as a positive call, 0 to 1.
    """
    return columns(
        [one for one in rows if one.aided and one.truth is not None and one.machine is not None],
        call_from=call_from,
    )


def columns(rows: Sequence[Watched], *, call_from: float = FROM) -> Columns:
    """Rows as columns; each has a truth, and numbers of doctor, machine and pair."""
    doctor, machine, pair = (
        np.array([getattr(one, name) for one in rows], float) for name in ("doctor", "machine", "pair")
    )
    return Columns(
        truth=np.array([bool(one.truth) for one in rows], bool), doctor=doctor, machine=machine, pair=pair,
        doctor_calls=doctor >= call_from, machine_calls=np.array([bool(one.called) for one in rows], bool),
        pair_calls=pair >= call_from, patient=np.array([one.patient for one in rows], str),
        reader=np.array([str(one.reader) for one in rows], str), at=np.array([one.at for one in rows], str),
    )  # fmt: skip
