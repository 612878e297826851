"""Several yes-or-no questions about each case, asked of the same labels: what the user says counts as yes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from thirdeye.errors import UsageError
from thirdeye.intake.words import listed

LIKE = "like --questions 'referable=moderate,severe;swelling=oedema:yes'"


@dataclass(frozen=True)
class Question:
    """One question.

    Args:
        name: of the class that a yes becomes.
        yes: (column, value) pairs, any of which is a yes; the column is "" for the label itself.
    """

    name: str
    yes: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values decide it, each once; "" for the label itself."""
        return tuple(dict.fromkeys(column for column, _ in self.yes))


def parse_questions(text: str | None) -> tuple[Question, ...]:
    """The questions in the order in which they were written.

    Args:
        text: "NAME=VALUE,VALUE;NAME=VALUE,COLUMN:VALUE"; None: there are none.

    Raises:
        UsageError: it has another form, or a name comes twice.
    """
    found: list[Question] = []
    for part in (text or "").split(";"):
        if not part.strip():
            continue
        name, equals, said = part.partition("=")
        items = [_item(item) for item in said.split(",") if item.strip()]
        if not equals or not name.strip() or "|" in name or not items:
            raise UsageError(f"'{part.strip()}' should say what counts as yes, {LIKE}")
        found.append(Question(name.strip(), tuple(items)))
    names = [one.name for one in found]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UsageError(f"--questions asks '{twice[0]}' twice; give each its own name")
    if len(found) == 1:
        raise UsageError(
            f"--questions asks '{names[0]}' alone; for one question say --merge '{names[0]}=...' and "
            "--positive"
        )
    return tuple(found)


def _item(text: str) -> tuple[str, str]:
    """A value of the label, or of a column that is named before a colon."""
    column, colon, value = text.partition(":")
    return (column.strip(), value.strip()) if colon else ("", text.strip())


def answered(questions: Sequence[Question], labels: Iterable[str]) -> tuple[str, ...]:
    """The classes of labels that are grades or classes themselves, joined by ``|``; "" for no to all.

    Args:
        questions: of `parse_questions`.
        labels: one of each case.

    Raises:
        UsageError: a question asks for another column, or for a label that no case has.
    """
    labels = tuple(labels)
    beside = [column for one in questions for column in one.columns if column]
    if beside:
        raise UsageError(f"--questions: there is no table with a column '{beside[0]}' here")
    refuse_unheard(questions, {"": set(labels)})
    return tuple("|".join(one.name for one in questions if ("", label) in one.yes) for label in labels)


def refuse_unheard(questions: Sequence[Question], values: dict[str, set[str]]) -> None:
    """Refuse a question that asks for a value that nobody ever gave.

    Args:
        questions: of `parse_questions`.
        values: column, or "" for the label, to the values that occur.

    Raises:
        UsageError: a value is among none of them.
    """
    for one in questions:
        for column, value in one.yes:
            if value not in values[column]:
                where = f"in the column '{column}'" if column else "among the labels"
                known = listed(sorted(values[column] - {""}), 20)
                raise UsageError(
                    f"--questions, '{one.name}': there is no '{value}' {where}; there are {known}"
                )
