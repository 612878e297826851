"""How a study is arranged: who read which cases with which test, recognised from the readings.

Hillis 2014 (Stat Med 33) gives the analysis of each arrangement; Obuchowski, Gallas & Hillis 2012 (Acad
Radiol 19) of groups of readers with cases of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused
from thirdeye.evaluation.readers.readings import Readings

Kind = Literal[
    "crossed", "split_plot", "cases_nested_in_readers", "cases_nested_in_tests", "readers_nested_in_tests",
    "partly_crossed",
]  # fmt: skip


@dataclass(frozen=True)
class Arrangement:
    """The arrangement of a study.

    Args:
        kind: stable name.
        groups: (R,) group of each reader, from 0; readers of two groups share no case.
        test_of_reader: (R,) the test of each reader where readers are nested in tests, else empty.
        sentence: what a person should know.
    """

    kind: Kind
    groups: tuple[int, ...]
    test_of_reader: tuple[int, ...]
    sentence: str

    @property
    def nested(self) -> bool:
        """Anything but every reader reading all cases with all tests."""
        return self.kind != "crossed"


def arrangement(readings: Readings) -> Arrangement:
    """Recognise the arrangement.

    Raises:
        DataRefused: some readers read with several tests and others with some of them only.
    """
    cells = readings.read.any(axis=2)  # (T, R)
    groups = groups_of_readers(readings)
    if len(readings.tests) > 1 and (cells.sum(axis=0) == 1).all():
        tests = tuple(int(test) for test in cells.argmax(axis=0))
        told = ", ".join(f"{tests.count(i)} with {name}" for i, name in enumerate(readings.tests))
        sentence = f"Every reader read with one test: {told}."
        return Arrangement("readers_nested_in_tests", groups, tests, sentence)
    if not cells.all():
        test, reader = np.argwhere(~cells)[0]
        raise DataRefused(
            f"reader '{readings.readers[reader]}' read nothing with test '{readings.tests[test]}'; either "
            "every reader reads with every test, or each reader with one: leave that reader out"
        )
    if readings.is_complete:
        return Arrangement("crossed", groups, (), "Every reader read every case with every test.")
    return _incomplete(readings, groups)


def _incomplete(readings: Readings, groups: tuple[int, ...]) -> Arrangement:
    count, missing = len(set(groups)), float((~readings.read).mean())
    if count == len(readings.readers) > 1:
        return Arrangement("cases_nested_in_readers", groups, (), "Every reader read cases of their own.")
    if count > 1:
        told = f"Readers fall into {count} groups, each with cases of its own (split-plot)."
        return Arrangement("split_plot", groups, (), told)
    shared = readings.read.any(axis=1).sum(axis=0)
    if len(readings.tests) > 1 and (shared <= 1).all():
        return Arrangement("cases_nested_in_tests", groups, (), "Every test was read on cases of its own.")
    told = f"Not every reader read every case with every test: {missing:.0%} of the readings are missing."
    return Arrangement("partly_crossed", groups, (), told)


def groups_of_readers(readings: Readings) -> tuple[int, ...]:
    """(R,) numbers from 0: readers who share a case, directly or through others, have one number."""
    seen = readings.read.any(axis=0).astype(np.float64)  # (R, C)
    linked: NDArray[np.bool_] = np.matmul(seen, seen.T) > 0
    groups = np.full(len(readings.readers), -1)
    for reader in range(groups.size):
        if groups[reader] >= 0:
            continue
        members = np.arange(groups.size) == reader
        while True:
            wider = members | linked[members].any(axis=0)
            if (wider == members).all():
                break
            members = wider
        groups[members] = groups.max() + 1
    return tuple(int(group) for group in groups)
