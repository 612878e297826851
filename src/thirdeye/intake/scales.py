"""Classes that stand in an order: grades, stages, degrees of severity."""

from __future__ import annotations

import re
from collections.abc import Sequence

from thirdeye.intake.words import plain, tokens, word_set

# Words of severity, least first; synonyms share a rank.
_DEGREES: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "no none normal absent healthy aucun aucune keine sain",
        "questionable doubtful trace minimal minime",
        "mild slight low light leger legere leicht leve",
        "moderate medium intermediate modere moderee mittel moderado",
        "severe high marked strong grave schwer severo advanced",
        "proliferative critical extreme very",
    )
)
_GRADED = re.compile(
    r"^(?:grade|grad|stage|stade|stadium|level|degree|g|kl|birads|bi_rads|pirads|isup|score)_?(\d+|[ivx]+)$"
)
_GRADE_NAMES = word_set(
    """
    grade grad stage stade level degree severity score kl birads pirads isup cdr ordinal
    """
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}


def order_of(classes: Sequence[str], label_name: str) -> tuple[str, ...] | None:
    """Classes from least to most, where their names are grades; None where they are not.

    Three forms are recognised: words of severity ("mild", "moderate"), numbered grades ("grade 2",
    "stage III"), and bare integers in a column whose own name says grade.
    """
    if len(classes) < 3:
        return None
    return _by_degree(classes) or _by_number(classes) or _by_column(classes, label_name)


def as_integers(classes: Sequence[str]) -> dict[str, int] | None:
    """Class name to its integer, when every name is one ("2" or "2.0"); else None."""
    try:
        values = {name: float(name) for name in classes}
    except ValueError:
        return None
    if not all(value.is_integer() for value in values.values()) or len(set(values.values())) < len(classes):
        return None
    return {name: int(value) for name, value in values.items()}


def _by_degree(classes: Sequence[str]) -> tuple[str, ...] | None:
    ranks = {name: _degree(name) for name in classes}
    found = [rank for rank in ranks.values() if rank is not None]
    if len(set(found)) < len(classes) or sum(1 <= rank <= 4 for rank in found) < 2:
        return None
    return tuple(sorted(classes, key=lambda name: ranks[name] or 0))


def _degree(name: str) -> int | None:
    words = set(tokens(name))
    ranks = [rank for rank, degree in enumerate(_DEGREES) if words & degree]
    return max(ranks) if ranks else None


def _by_number(classes: Sequence[str]) -> tuple[str, ...] | None:
    matches = {name: _GRADED.match(plain(name)) for name in classes}
    if not all(matches.values()):
        return None
    values = {name: _number(match.group(1)) for name, match in matches.items() if match}
    if len(set(values.values())) < len(classes):
        return None
    return tuple(sorted(classes, key=lambda name: values[name]))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN.get(text, 99)


def _by_column(classes: Sequence[str], label_name: str) -> tuple[str, ...] | None:
    integers = as_integers(classes)
    if integers is None or not _GRADE_NAMES & set(tokens(label_name)):
        return None
    return tuple(sorted(classes, key=lambda name: integers[name]))
