"""A system of another shape: it brings its own learning, and leaves everything after that to the journey.

Most recipes are values of a plan: one network over one image. Some are not: they learn from a table of
measurements, or from a volume in several steps. Such a recipe names a `System`. To write one:

1. `System.open` reads DATA and gives `Cases`: one row a case (who, what it is, which part) and the arrays
   that the system learns from. Nothing is learnt here. `Cases.simple` is what the traditional technique gets.
2. `System.learn` learns from the cases of one fold and gives a `Member`. It never sees the cases that were
   held out: what has to be chosen (a stopping time, a set of voxels) is chosen inside the cases that it is
       given.
3. `Member.say` gives logits (n, K) of any cases, under `ANSWER` the system's own; under further names those
   of its parts, each of which is then compared with the whole (named in `System.sources`).
4. `Member.keep` gives arrays, and `System.restored` a member from them: so the system can read new cases.
   Arrays of numbers only; a network is kept as the bytes of its ONNX file (``np.frombuffer(..., np.uint8)``).
5. `System.told` gives tables and pictures that go beyond the ordinary evidence.

The recipe's `values(setting)` are the values of this system; its `Chosen` values must hold "folds" (members,
each learnt without one fold), and `System.check` refuses values that cannot be. Then the journey does the
rest: parts and folds by patient, calibration and operating points on held-out cases, evidence with intervals
clustered by patient, paired comparison with the traditional technique and with the system's own parts,
report, study folder with ledger. Two classes with a `positive` one make a binary question; more are
"multiclass", or "ordinal" from least to most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.training.event import Listener, silent

ANSWER = "network"
SystemTask = Literal["binary", "multiclass", "ordinal"]
Values = Mapping[str, Any]
Logits = NDArray[np.float64]


@dataclass(frozen=True)
class Cases:
    """What a system learns from, is measured on, or reads.

    Args:
        rows: one a case: "image" (what it is read from: a file below `root`, or a line of it), "case",
            "patient", "label" (a class; "" where unknown), "split" ("train", "validation", "test", or ""
            where the data state none), "site" ("" where unknown), and further columns of the user's table.
        arrays: name to (n, ...) in the order of the rows.
        classes: in output order; ordinal: from least to most.
        task: "binary", "multiclass" or "ordinal".
        positive: the diseased class (binary), else None.
        simple: (n, D), finite: what a traditional technique learns from.
        simple_is: what these are, in words: "189 measurements as they are".
        understood: sentences that say back what was understood of the data.
        inputs: what has to be known to open new cases alike, ready for JSON: names of columns, a spacing.
        group: what keeps cases together, in a word ("patient"); "image" where every case is a patient of its
            own because nothing else is known.
    """

    rows: pd.DataFrame
    arrays: Mapping[str, NDArray[Any]]
    classes: tuple[str, ...]
    task: SystemTask
    positive: str | None
    simple: NDArray[np.float64]
    simple_is: str
    understood: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    group: str = "patient"

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) class index; -1 where the class is unknown."""
        index = {name: number for number, name in enumerate(self.classes)}
        return np.asarray([index.get(str(label), -1) for label in self.rows["label"]], dtype=np.int64)

    def at(self, rows: NDArray[np.integer]) -> Cases:
        """The cases at these positions, in their order."""
        return replace(
            self,
            rows=self.rows.iloc[rows].reset_index(drop=True),
            arrays={name: array[rows] for name, array in self.arrays.items()},
            simple=self.simple[rows],
        )


@dataclass(frozen=True)
class Known:
    """What was learnt on, for opening new cases alike; fields as of `Cases`."""

    classes: tuple[str, ...]
    task: SystemTask
    positive: str | None
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Learning:
    """How one member learns.

    Args:
        values: of the recipe, the user's in place.
        seed: of this member.
        deadline: `time.monotonic()` by which it should have learnt.
        threads: that it may use.
        tell: hears how it goes.
    """

    values: Values
    seed: int
    deadline: float
    threads: int = 1
    tell: Listener = silent


class Member(Protocol):
    """What was learnt from the cases of one fold."""

    def say(self, cases: Cases) -> Mapping[str, Logits]:
        """Source to (n, K) logits of the cases: `ANSWER`, and the names of `System.sources`."""

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """Everything that is needed to say it again; arrays of numbers, no objects."""


@dataclass(frozen=True)
class Source:
    """A part of a system that can answer by itself: its title (behind "the"), and what it is."""

    title: str
    description: str


@dataclass(frozen=True)
class FurtherTable:
    """A table of the report: caption, titles of the columns, cells, remarks below it."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FurtherPicture:
    """A picture of the report: what it shows, and the bytes of a PNG file."""

    caption: str
    png: bytes


@dataclass(frozen=True)
class Further:
    """What a system tells beside its answers.

    Args:
        lead: in a few sentences.
        tables: in their order.
        pictures: file name without ending to the picture.
        numbers: the same for machines, ready for JSON.
    """

    lead: tuple[str, ...] = ()
    tables: tuple[FurtherTable, ...] = ()
    pictures: Mapping[str, FurtherPicture] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)


class System(Protocol):
    """A published system that is not one network over one image."""

    @property
    def unit(self) -> str:
        """What a case is, in a word: "patient" (each comes once) or "scan"."""

    @property
    def options(self) -> tuple[str, ...]:
        """Options of intake that it knows, as `DataOptions` names them."""

    @property
    def sources(self) -> Mapping[str, Source]:
        """The parts that answer by themselves; {} where there is none."""

    def check(self, values: Values) -> None:
        """Refuse values that cannot be.

        Raises:
            UsageError: naming the value and what is allowed.
        """

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        """The cases under DATA.

        Raises:
            DataRefused: these data are not what the system reads; the message says what it reads.
            UnreadableFile: a file cannot be read.
        """

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        """New cases under DATA, which need no label, in their order; raises as `open`."""

    def learn(self, cases: Cases, learning: Learning) -> Member:
        """A member that learnt from these cases, all of them with a class."""

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Member:
        """The member that `Member.keep` was of."""

    def told(self, members: tuple[Member, ...], test: Cases, values: Values) -> Further:
        """What it tells beside its answers; `test` are the cases of the test part."""
