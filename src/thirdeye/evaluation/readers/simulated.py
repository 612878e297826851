"""Simulated reader studies in every arrangement, to see what an analysis does where the truth is known.

Roe & Metz 1997 (Acad Radiol 4), with the variances of their structure of high correlation among readers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.readers.arrangement import Kind
from thirdeye.evaluation.readers.readings import Readings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RoeMetz:
    """Variances of the latent rating; case, case by test, reader by case and error sum to 1.

    Args:
        reader, reader_test: of readers, and of readers by tests.
        case, case_test, reader_case: of cases, cases by tests, readers by cases.
    """

    reader: float = 0.0055
    reader_test: float = 0.0055
    case: float = 0.3
    case_test: float = 0.3
    reader_case: float = 0.2

    @property
    def error(self) -> float:
        """What is left of 1."""
        return 1 - self.case - self.case_test - self.reader_case


@dataclass(frozen=True)
class Simulation:
    """A study to be drawn.

    Args:
        kind: arrangement.
        readers: of the study; for each test where readers are nested in tests.
        cases: read by each reader with each test; half are diseased.
        tests: number of tests.
        groups: of readers, for a split-plot.
        separation: mean rating of diseased cases with the first test, in standard deviations.
        effect: what each further test adds to it.
        missing: share of readings that a partly crossed study lacks.
        variances: see `RoeMetz`.
    """

    kind: Kind = "crossed"
    readers: int = 6
    cases: int = 60
    tests: int = 2
    groups: int = 3
    separation: float = 1.5
    effect: float = 0.0
    missing: float = 0.2
    variances: RoeMetz = RoeMetz()

    @property
    def shape(self) -> tuple[int, int, int]:
        """Tests, readers and cases of the whole study."""
        blocks = {
            "split_plot": self.groups, "cases_nested_in_readers": self.readers,
            "cases_nested_in_tests": self.tests,
        }  # fmt: skip
        people = self.readers * (self.tests if self.kind == "readers_nested_in_tests" else 1)
        return self.tests, people, self.cases * blocks.get(self.kind, 1)


def simulated_study(simulation: Simulation, rng: np.random.Generator) -> Readings:
    """One study, drawn anew at each call."""
    tests, readers, cases = simulation.shape
    truth = np.arange(cases) % 2 == 0
    ratings = _ratings(simulation, truth, rng)
    ratings[_unread(simulation, rng)] = np.nan
    names = [tuple(str(i + 1) for i in range(size)) for size in (tests, readers, cases)]
    return Readings(ratings, truth, names[0], names[1], names[2])


def _ratings(simulation: Simulation, truth: NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """(T, R, C) with the readers' shifts drawn apart for diseased and healthy cases."""
    tests, readers, cases = simulation.shape
    parts, status = simulation.variances, truth.astype(int)

    def draw(variance: float, *shape: int) -> Array:
        return rng.normal(0, variance**0.5, shape)

    mean = simulation.separation + simulation.effect * np.arange(tests)
    ratings: Array = (
        truth * mean[:, None, None]
        + draw(parts.reader, 1, readers, 2)[:, :, status]
        + draw(parts.reader_test, tests, readers, 2)[:, :, status]
        + draw(parts.case, 1, 1, cases)
        + draw(parts.case_test, tests, 1, cases)
        + draw(parts.reader_case, 1, readers, cases)
        + draw(parts.error, tests, readers, cases)
    )
    return ratings


def _unread(simulation: Simulation, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(T, R, C): what the arrangement leaves out."""
    tests, readers, cases = simulation.shape
    test, who = np.arange(tests)[:, None, None], np.arange(readers)[None, :, None]
    block = np.arange(cases) // simulation.cases
    left_out = {
        "split_plot": block != who % simulation.groups,
        "cases_nested_in_readers": block != who,
        "cases_nested_in_tests": block != test,
        "readers_nested_in_tests": who % tests != test,
    }.get(simulation.kind, np.zeros((1, 1, 1), dtype=bool))
    if simulation.kind == "partly_crossed":
        left_out = rng.random((tests, readers, cases)) < simulation.missing
    return np.broadcast_to(left_out, (tests, readers, cases)).copy()
