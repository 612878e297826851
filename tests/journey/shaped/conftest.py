"""A toy system: three numbers of each of 150 patients, a grade from 0 to 2, a logistic regression."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.journey.shaped.running import run_system
from thirdeye.recipes.learning.table import open_table, table_to_read
from thirdeye.recipes.recipe import Chosen, Expected, Fixture, Flaw, Recipe, Row, Told
from thirdeye.recipes.system import (
    ANSWER,
    Cases,
    Further,
    FurtherPicture,
    FurtherTable,
    Known,
    Learning,
    Source,
    Values,
)

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


@dataclass(frozen=True)
class Slopes:
    weights: NDArray[np.float64]  # (4, K)

    def say(self, cases: Cases) -> Mapping[str, NDArray[np.float64]]:
        values = np.column_stack([cases.arrays["measurements"], np.ones(len(cases.rows))])
        alone = np.where(np.arange(4)[:, None] == 1, 0.0, self.weights)
        return {ANSWER: values @ self.weights, "without": values @ alone}

    def keep(self) -> Mapping[str, NDArray[Any]]:
        return {"weights": self.weights}


@dataclass(frozen=True)
class Toy:
    unit: str = "patient"
    options: tuple[str, ...] = ("label_column",)
    ordinal: bool = False

    @property
    def sources(self) -> Mapping[str, Source]:
        return {"without": Source("model without the second number", "It is left out.")}

    def check(self, values: Values) -> None:
        """Nothing is refused."""

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        cases = open_table(data, contrast=values["contrast"], scores=(), options=options)
        return replace(cases, task="ordinal") if self.ordinal else cases

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        return table_to_read(data, known, options)

    def learn(self, cases: Cases, learning: Learning) -> Slopes:
        from sklearn.linear_model import LogisticRegression

        fitted = LogisticRegression().fit(cases.arrays["measurements"], cases.labels)
        weights = np.vstack([fitted.coef_.T, fitted.intercept_[None]])
        return Slopes(weights if weights.shape[1] > 1 else np.column_stack([-weights, weights]) / 2)

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Slopes:
        return Slopes(arrays["weights"])

    def told(self, members: Any, test: Cases, values: Values) -> Further:
        table = FurtherTable(
            "Of the members", ("Member", "Weight"), tuple((str(n), "1") for n in range(len(members)))
        )
        picture = FurtherPicture("A dot", DOT)
        return Further(("It is a toy.",), (table,), {"dot": picture}, {"n": len(test.rows)})


def recipe(system: Toy | None) -> Recipe:
    told = Told("numbers", "choice")
    return Recipe(
        id="toy", title="Toy", tasks=("binary",), question="Ill?",
        row=Row(modality=told, input=told, network=told), sources=("here",), confidence="high",
        exactness="exact", fixture=Fixture("numbers"), expected=(Expected("auc", 0.8, 0.1, "easy"),),
        flaws=(Flaw("none", "wrong"),),
        values=lambda setting: {
            "folds": Chosen(3 if "wrong" not in setting.switches else 2, "three", "choice"),
            "contrast": Chosen(("0", "2"), "the ends", "paper"),
        },
        lighter={"folds": Chosen(2, "two", "choice")}, system=system,
    )  # fmt: skip


def write_numbers(path: Path, n: int = 150) -> Path:
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", "label", "sex", "a", "b", "c"])
        for who in range(n):
            values = rng.normal(size=3)
            grade = int(np.digitize(values[0] + values[1] + 0.6 * rng.normal(), [-0.6, 0.6]))
            writer.writerow([f"p{who}", grade, "FM"[who % 2], *values])
    return path


@pytest.fixture(scope="session")
def numbers(once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    return once("toy_numbers", lambda place: write_numbers(place / "numbers.csv")) / "numbers.csv"


@pytest.fixture
def toy() -> Recipe:
    return recipe(Toy())


@pytest.fixture
def graded() -> Recipe:
    return recipe(Toy(ordinal=True))


@pytest.fixture(scope="session")
def toy_study(once: Callable[[str, Callable[[Path], object]], Path], numbers: Path) -> Path:
    """A whole run; not to be changed."""
    return (
        once("toy_study", lambda place: run_system(recipe(Toy()), numbers, place / "s", budget="40s")) / "s"
    )
