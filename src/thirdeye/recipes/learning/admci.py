"""The robust deep model for Alzheimer's disease and mild cognitive impairment: how it learns and answers.

Principal components, those that a lasso chooses again and again, layers learnt by restricted Boltzmann
machines, fine-tuning with dropout on the class and two clinical scores together, a linear support vector
machine on what the last layer makes of the cases. Several repeats are averaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.recipes.learning.admci_files import restored
from thirdeye.recipes.learning.admci_model import DeepModel
from thirdeye.recipes.learning.admci_repeat import PARTS, learn_repeat, prepare
from thirdeye.recipes.learning.admci_told import (
    measurement_table,
    repeat_accuracies,
    repeat_table,
    score_table,
    selection_table,
)
from thirdeye.recipes.learning.table import TABLE_OPTIONS, open_table, table_to_read
from thirdeye.recipes.system import (
    Cases,
    Further,
    Known,
    Learning,
    Member,
    Source,
    Values,
)
from thirdeye.training.event import Event
from thirdeye.training.machine import use_threads

_SHARES = ("variance", "stable_share", "lasso")


@dataclass(frozen=True)
class RobustDeepModel:
    """The system."""

    unit: str = "patient"
    options: tuple[str, ...] = TABLE_OPTIONS

    @property
    def sources(self) -> Mapping[str, Source]:
        """What is compared with the whole."""
        return PARTS

    def check(self, values: Values) -> None:
        """Refuse shares outside 0 to 1 and empty layers."""
        for name in _SHARES:
            if not 0 < values[name] <= 1:
                raise UsageError(f"{name} is a share above 0 and at most 1, got {values[name]}")
        if not values["layers"] or min(values["layers"]) < 1:
            raise UsageError(
                f"layers names the units of each hidden layer, such as 100,50,20; got {values['layers']}"
            )
        for name in ("dropout_input", "dropout_hidden"):
            if not 0 <= values[name] < 1:
                raise UsageError(f"{name} is a share from 0 to below 1, got {values[name]}")
        for name in ("repeats", "rounds", "epochs", "batch_size"):
            if values[name] < 1:
                raise UsageError(f"{name} is at least 1, got {values[name]}")

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        """A table of measurements with a column of diagnoses; see `open_table`."""
        return open_table(data, contrast=values["contrast"], scores=values["scores"], options=options)

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        """A table with the same measurements; see `table_to_read`."""
        return table_to_read(data, known, options)

    def learn(self, cases: Cases, learning: Learning) -> Member:
        """Components and their selection once, then the repeats, each from its own seed."""
        use_threads(learning.threads)
        scores = {name: cases.arrays[f"score:{name}"] for name in _scores(cases)}
        prepared = prepare(cases.arrays["measurements"], cases.labels, learning.values, learning.seed)
        said = f"{prepared.stable.sum()} of {len(prepared.stable)} components are stable"
        learning.tell(Event("note", said))
        visible = prepared.visible(cases.arrays["measurements"])
        repeats = [
            learn_repeat(
                visible,
                cases.labels,
                scores,
                learning.values,
                100 * learning.seed + number,
                len(cases.classes),
            )
            for number in range(learning.values["repeats"])
        ]
        return DeepModel(prepared, tuple(repeats))

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Member:
        """As `DeepModel.keep` wrote it."""
        return DeepModel(*restored(arrays))

    def told(self, members: tuple[Member, ...], test: Cases, values: Values) -> Further:
        """How often each component was chosen, and how well the clinical scores are told."""
        models = [one for one in members if isinstance(one, DeepModel)]
        chosen = [one.prepared for one in models]
        counts = [int(one.stable.sum()) for one in chosen]
        lead = (
            f"Of the principal components, {min(counts)} to {max(counts)} were chosen in at least "
            f"{values['stable_share']:.0%} of {values['rounds']} random halves of the cases; the network saw "
            "only these."
        )
        tables = [
            selection_table(chosen),
            measurement_table(chosen, test.inputs["measurements"]),
            repeat_table(models, test),
        ]
        if _scores(test):
            tables.append(score_table(_scores(test), models, test))
        accuracies = repeat_accuracies(models, test)
        numbers = {"stable_components": counts, "repeat_accuracies": accuracies}
        return Further(lead=(lead,), tables=tuple(tables), numbers=numbers)


def _scores(cases: Cases) -> list[str]:
    return [name.removeprefix("score:") for name in cases.arrays if name.startswith("score:")]
