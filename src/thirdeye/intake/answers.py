"""Questions answered from a table: by one column, or by the majority of several annotators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.errors import UsageError
from thirdeye.intake.questions import Question, refuse_unheard
from thirdeye.intake.words import listed, plain

NO_TO_ALL = "no to all"  # what an annotator said who answered every question with no
YES, NO, UNKNOWN = "yes", "no", ""


@dataclass(frozen=True)
class Answers:
    """What a table answers.

    Args:
        values: per row the questions answered with yes, joined by ``|``.
        by_annotator: what each of several annotators answered, in the same form (`NO_TO_ALL` where there was
            no yes, "" where a question was left out).
        tied: rows without a majority on some question.
        unknown: rows without any answer to some question.
        columns: that were read.
    """

    values: tuple[str, ...]
    by_annotator: Mapping[str, tuple[str, ...]]
    tied: tuple[int, ...]
    unknown: tuple[int, ...]
    columns: tuple[str, ...]


def answers_of(
    table: pd.DataFrame, questions: Sequence[Question], label: str | None, readers: Mapping[str, str]
) -> Answers:
    """Every question answered for every row, by the majority of those who answered it.

    Args:
        table: cells as strings.
        questions: what is asked.
        label: column of the label; None where several annotators gave one each.
        readers: column of the label to annotator, of several annotators; {} for one column.

    Raises:
        UsageError: a question asks for a column that is not there, or for a value that nobody gave.
    """
    seats = {who: column for column, who in readers.items()} or {"": label or ""}
    places = {who: _places(table, questions, who, column) for who, column in seats.items()}
    read = tuple(dict.fromkeys(column for one in places.values() for column in one.values()))
    refuse_unheard(questions, _values(table, places))
    said = {who: [_answers(one, table, place) for one in questions] for who, place in places.items()}
    decided = [
        [_most(votes) for votes in zip(*(one[number] for one in said.values()), strict=True)]
        for number in range(len(questions))
    ]  # [question][row]
    names, rows = [one.name for one in questions], range(len(table))
    return Answers(
        values=tuple(_yes(names, decided, row) for row in rows),
        by_annotator={who: tuple(_joined(names, said[who], row) for row in rows) for who in seats if who},
        tied=tuple(row for row in rows if any(one[row] is None for one in decided)),
        unknown=tuple(row for row in rows if any(one[row] == UNKNOWN for one in decided)),
        columns=read,
    )


def _places(table: pd.DataFrame, questions: Sequence[Question], who: str, label: str) -> dict[str, str]:
    """Column as it is asked for ("" the label) to the table's column of one annotator."""
    named = {plain(str(column)): str(column) for column in table.columns}
    found = {}
    for asked in dict.fromkeys(column for one in questions for column in one.columns):
        own = [f"{who}_{plain(asked)}", f"{plain(asked)}_{who}"] if who else []
        there = [named[name] for name in [*own, plain(asked)] if name in named]
        if asked and not there:
            raise UsageError(
                f"--questions: no column is called '{asked}'{f' or {own[0]}' if own else ''}; the table has "
                f"{listed(list(table.columns), 30)}"
            )
        found[asked] = there[0] if asked else label
    return found


def _values(table: pd.DataFrame, places: Mapping[str, Mapping[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place in places.values():
        for asked, column in place.items():
            found.setdefault(asked, set()).update(table[column])
    return found


def _answers(question: Question, table: pd.DataFrame, place: Mapping[str, str]) -> list[str]:
    """Yes where any column says so; else no, or unknown where one of them is blank."""
    yes = pd.Series(False, index=table.index)
    blank = pd.Series(False, index=table.index)
    for asked, value in question.yes:
        cells = table[place[asked]]
        yes |= cells == value
        blank |= cells == ""
    return [YES if y else UNKNOWN if b else NO for y, b in zip(yes, blank, strict=True)]


def _most(votes: Sequence[str]) -> str | None:
    """The answer of the majority of those who answered; None for a draw."""
    counts = Counter(vote for vote in votes if vote != UNKNOWN)
    if counts[YES] == counts[NO]:
        return UNKNOWN if not counts[YES] else None
    return YES if counts[YES] > counts[NO] else NO


def _yes(names: Sequence[str], answers: Sequence[Sequence[str | None]], row: int) -> str:
    return "|".join(name for name, one in zip(names, answers, strict=True) if one[row] == YES)


def _joined(names: Sequence[str], answers: Sequence[Sequence[str]], row: int) -> str:
    """What one annotator said of one row."""
    if any(one[row] == UNKNOWN for one in answers):
        return ""
    return _yes(names, answers, row) or NO_TO_ALL
