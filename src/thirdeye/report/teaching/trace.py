"""A traced run: what a lecturer draws on the board, and how it compares with what the lecture prints."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Number = int | float


@dataclass(frozen=True)
class Steps:
    """A table of what happened, one row a step; `note` is what to see in it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Number | str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """An array of numbers with its name; rows of equal length."""

    name: str
    values: tuple[tuple[Number, ...], ...]


@dataclass(frozen=True)
class Grids:
    """Arrays side by side, drawn as squares; `numbers`: whether each square shows its number."""

    title: str
    grids: tuple[Grid, ...]
    note: str = ""
    numbers: bool = True


@dataclass(frozen=True)
class Line:
    """A line: `x` and `y` of equal length; `marks`: points without a line between them."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    marks: bool = False


@dataclass(frozen=True)
class Lines:
    """Lines over one pair of axes; `logarithmic`: whether `y` is."""

    title: str
    x_name: str
    y_name: str
    lines: tuple[Line, ...]
    note: str = ""
    logarithmic: bool = False


@dataclass(frozen=True)
class Words:
    """Sentences under a title."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Equality:
    """One comparison with what is known beforehand.

    Args:
        of: what is compared.
        expected: as the source gives it.
        found: as it came out here.
        equal: whether both are the same (within `tolerance`).
        source: where `expected` comes from.
        tolerance: largest difference that counts as none.
    """

    of: str
    expected: str
    found: str
    equal: bool
    source: str
    tolerance: float = 0.0


Part = Steps | Grids | Lines | Words


@dataclass(frozen=True)
class Trace:
    """Everything that a traced run shows.

    Args:
        id: of the recipe.
        title: of the page.
        question: what it shows, in a sentence.
        parts: in the order of the lecture.
        equalities: what is known beforehand, and what came out.
    """

    id: str
    title: str
    question: str
    parts: tuple[Part, ...]
    equalities: tuple[Equality, ...]

    @property
    def equal(self) -> bool:
        """Whether everything that is known beforehand came out."""
        return all(one.equal for one in self.equalities)

    def as_json(self) -> dict[str, Any]:
        """The form of ``trace.json``; each part names its kind."""
        return {
            "version": 1,
            "id": self.id,
            "title": self.title,
            "question": self.question,
            "equal": self.equal,
            "equalities": [asdict(one) for one in self.equalities],
            "parts": [{"kind": type(part).__name__.lower(), **asdict(part)} for part in self.parts],
        }


def grid(name: str, values: Any) -> Grid:
    """A grid from any rows of numbers, nested or an array; whole numbers are written without a point."""
    return Grid(name, tuple(tuple(_plain(value) for value in row) for row in values))


def compare(of: str, expected: Any, found: Any, source: str, tolerance: float = 0.0) -> Equality:
    """Whether two numbers, or two nested lists of numbers, are equal within `tolerance`."""
    import numpy as np

    one, other = np.asarray(expected, dtype=float), np.asarray(found, dtype=float)
    equal = one.shape == other.shape and bool(np.all(np.abs(one - other) <= tolerance))
    return Equality(of, number_words(expected), number_words(found), equal, source, tolerance)


def number_words(value: Any) -> str:
    """Numbers and nested lists of them, as short as they can be told apart."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return "[" + " ".join(number_words(one) for one in value) + "]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{_plain(value):g}" if isinstance(value, (int, float)) else str(value)


def _plain(value: Any) -> Number:
    number = float(value)
    return int(number) if number.is_integer() else number
