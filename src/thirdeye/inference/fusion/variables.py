"""Clinical variables as numbers, and a linear model over them and the images' evidence. No pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.columns import is_absent, kind_of, sex, years

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Variable:
    """How one clinical variable becomes numbers.

    Args:
        name: of the column.
        levels: text values that get a column each; empty where it is a number.
        middle: median; stands where no number is given.
        spread: standard deviation, above 0.
        bend: place above which a number may weigh differently than below.
    """

    name: str
    levels: tuple[str, ...] = ()
    middle: float = 0.0
    spread: float = 1.0
    bend: float = 0.0

    def encode(self, values: Sequence[str]) -> Table:
        """(n, k) columns.

        Of a number: in standard deviations, its part above the bend, and whether it is missing; of text: 0 or
        1 for each level.
        """
        if self.levels:
            said = [text_of(self.name, value) for value in values]
            return np.array([[one == level for level in self.levels] for one in said], dtype=float)
        numbers = np.array([number_of(value) for value in values], dtype=float)
        missing = ~np.isfinite(numbers)
        filled = np.where(missing, self.middle, numbers)
        scaled = (filled - self.middle) / self.spread
        above = np.maximum(0.0, (filled - self.bend) / self.spread)
        return np.column_stack([scaled, above, missing])

    def knows(self, value: str) -> bool:
        """Whether a value says something: a number where one is wanted, a text that was learnt from."""
        return (
            text_of(self.name, value) in self.levels if self.levels else bool(np.isfinite(number_of(value)))
        )

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {**asdict(self), "levels": list(self.levels)}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Variable:
        """The variable that `as_json` wrote."""
        return cls(**{**form, "levels": tuple(form["levels"])})


def number_of(value: str) -> float:
    """The number of a text, ages of DICOM in years; NaN where there is none."""
    found = years(str(value))
    return float("nan") if found is None else float(found)


def text_of(name: str, value: str) -> str:
    """A text in lower case, the sexes by one word each; "" where nothing is said."""
    said = str(value).strip().lower()
    if is_absent(said):
        return ""
    return sex(said).lower() if kind_of(name) == "sex" else said


def encode_all(variables: Sequence[Variable], values: Mapping[str, Sequence[str]], n: int) -> Table:
    """(n, D) of all variables; one that is not among the values is missing everywhere."""
    parts = [one.encode(values.get(one.name, [""] * n)) for one in variables]
    return np.concatenate([np.empty((n, 0)), *parts], axis=1)


@dataclass(frozen=True)
class Linear:
    """Scores of classes from columns.

    Args:
        weight: (K, D), or (1, D) for two classes.
        bias: (K,) or (1,).
    """

    weight: Table
    bias: Table

    def logits(self, design: Table) -> Table:
        """(n, K) from (n, D)."""
        found = design @ self.weight.T + self.bias
        return (
            np.column_stack([-found[:, 0] / 2, found[:, 0] / 2]) if len(self.bias) == 1 else np.asarray(found)
        )

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {"weight": self.weight.tolist(), "bias": self.bias.tolist()}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Linear:
        """The model that `as_json` wrote."""
        return cls(np.asarray(form["weight"], float), np.asarray(form["bias"], float))


def given_values(pairs: Mapping[str, str], variables: Sequence[Variable]) -> dict[str, str]:
    """Values by the names that the reader knows; names may be written in any case.

    Raises:
        UsageError: the reader knows no variable of that name.
    """
    known = {_bare(one.name): one.name for one in variables}
    for name in pairs:
        if _bare(name) not in known:
            there = ", ".join(one.name for one in variables) or "none"
            raise UsageError(f"this reader knows no clinical variable '{name}'; it knows: {there}")
    return {known[_bare(name)]: value for name, value in pairs.items()}


def known_values(pairs: Mapping[str, str], variables: Sequence[Variable]) -> dict[str, str]:
    """Those of `pairs` that the reader knows, by its own names; the rest is none of its business."""
    known = {_bare(one.name): one.name for one in variables}
    return {known[_bare(name)]: value for name, value in pairs.items() if _bare(name) in known}


def named_alike(ours: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    """Our names to theirs, where these differ in case and punctuation alone; one spelt alike goes first."""
    known = {_bare(name): name for name in reversed(theirs)} | {name: name for name in theirs}
    found = {name: known.get(name) or known.get(_bare(name)) for name in ours}
    return {name: there for name, there in found.items() if there is not None}


def _bare(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
