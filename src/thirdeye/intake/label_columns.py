"""Labels from the columns of a table: one column, or one 0/1 column per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.annotators import annotator_columns, majority, told
from thirdeye.intake.answers import answers_of
from thirdeye.intake.columns import candidates
from thirdeye.intake.merging import merged, parse_merge
from thirdeye.intake.options import Options
from thirdeye.intake.questions import Question, parse_questions
from thirdeye.intake.words import counted, listed, plain, word_set

_TRUE = frozenset(["1", "1.0", "true", "yes", "t", "y"])
_FALSE = frozenset(["0", "0.0", "false", "no", "f", "n"])
# 0/1 columns that describe the person or the picture, not what is to be found.
_CLINICAL = word_set(
    """
    sex gender male female smoker smoking diabetes hypertension family_history has_mask pregnant
    deceased is_train is_test excluded duplicate left right portable
    """
)


@dataclass(frozen=True)
class Labels:
    """What the labels are.

    Args:
        values: per row the class, several joined by ``|``, "" where there is none.
        name: column or columns, for messages.
        task: stated by the form (several columns), else None.
        class_order: order of the columns, else empty.
        sentence: what was understood.
        is_multiple: True for one column per class, where "" is a valid label ("none of them").
        by_annotator: what each of several annotators said, one per row.
        tied: rows on which they are tied, whose value is "".
        unknown: rows to which a question has no answer (see `thirdeye.intake.questions`).
        columns: of the table from which the questions are answered.
    """

    values: tuple[str, ...]
    name: str
    sentence: str
    task: Literal["multiclass", "multilabel"] | None = None
    class_order: tuple[str, ...] = ()
    is_multiple: bool = False
    by_annotator: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tied: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()


def find_labels(table: pd.DataFrame, taken: set[str], options: Options) -> Labels | None:
    """Labels by option, by name of a column, or by 0/1 columns; None where nothing fits.

    Args:
        table: cells as strings.
        taken: columns that play another part.
        options: the user's.

    Raises:
        UsageError: `options.label_column` or a question names a column that is not there.
        DataRefused: a named 0/1 column holds something else.
    """
    one, questions = parse_merge(options.merge), parse_questions(options.questions)
    if questions:
        return _answered(table, questions, taken, options)
    if options.label_column:
        names = _named(table, options.label_column)
        return _single(table, names[0], "named by you", one) if len(names) == 1 else _several(table, names)
    free = [column for column in table.columns if column not in taken]
    readers = annotator_columns(table, free)
    free = [column for column in free if column not in readers]
    fitting = [
        column for column in candidates(free, "label") if table[column].replace("", pd.NA).nunique() >= 1
    ]
    if readers:
        return _settled(table, readers, fitting, one)
    if fitting:
        others = f"; {listed(fitting[1:])} could also be one" if fitting[1:] else ""
        return _single(table, fitting[0], f"recognised by its name{others}", one)
    flags = [column for column in free if plain(column) not in _CLINICAL and _is_flag(table[column])]
    if len(flags) == 1:
        return _single(table, flags[0], "the only one that holds 0 and 1", one)
    return _several(table, flags) if len(flags) > 1 else None


def _answered(
    table: pd.DataFrame, questions: Sequence[Question], taken: set[str], options: Options
) -> Labels:
    """Several questions, asked of the label that would be found without them and of further columns."""
    free = [column for column in table.columns if column not in taken]
    readers = {} if options.label_column else annotator_columns(table, free)
    fitting = [
        column for column in candidates(free, "label") if table[column].replace("", pd.NA).nunique() >= 1
    ]
    label = options.label_column or (None if readers else next(iter(fitting), None))
    if label is None and not readers and any("" in one.columns for one in questions):
        raise UsageError(
            "--questions asks for values of the label, and no column is recognised as the label; name it "
            "with --label-column, or write COLUMN:VALUE"
        )
    if label is not None and len(_named(table, label)) > 1:
        raise UsageError(f"--questions asks one column of labels, and --label-column names several: {label}")
    found = answers_of(table, questions, label, readers)
    who = f"the majority of {counted(len(readers), 'annotator')}" if readers else listed(found.columns)
    lost = len(set(found.tied) | set(found.unknown))
    rest = f"; {counted(lost, 'row')} without an answer to all of them left out" if lost else ""
    return Labels(
        values=found.values,
        name=", ".join(found.columns),
        sentence=f"Labels: {counted(len(questions), 'question')} answered by {who}: "
        f"{listed([one.name for one in questions], 20)}{rest}.",
        task="multilabel",
        class_order=tuple(one.name for one in questions),
        is_multiple=True,
        by_annotator=found.by_annotator,
        tied=found.tied,
        unknown=found.unknown,
        columns=found.columns,
    )


def _settled(
    table: pd.DataFrame, readers: Mapping[str, str], fitting: Sequence[str], one: Mapping[str, str]
) -> Labels:
    """Labels of several annotators: a column of its own decides, else the majority."""
    held = {who: merged(table[column], one) for column, who in readers.items()}
    if fitting:
        column = fitting[0]
        sentence = (
            f"Labels: column '{column}'; {len(readers)} annotators ({listed(list(readers))}) are kept beside "
            f"it."
        )
        return Labels(merged(table[column], one), column, sentence, by_annotator=held)
    decided = majority(zip(*held.values(), strict=True))
    labelled = sum(map(bool, decided.labels)) + len(decided.tied)
    return Labels(
        values=decided.labels,
        name=", ".join(readers),
        sentence=f"Labels: {told(list(readers), labelled, len(decided.tied))}",
        by_annotator=held,
        tied=decided.tied,
    )


def _named(table: pd.DataFrame, option: str) -> list[str]:
    if option in table.columns:
        return [option]
    names = [name.strip() for name in option.split(",")]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise UsageError(
            f"no column is called {missing[0]!r}; the table has {listed(list(table.columns), 30)}"
        )
    return names


def _single(table: pd.DataFrame, column: str, how: str, one: Mapping[str, str]) -> Labels:
    return Labels(merged(table[column], one), column, f"Labels: column '{column}' ({how}).")


def _is_flag(column: pd.Series) -> bool:
    values = {value.lower() for value in column.unique()}
    return values <= (_TRUE | _FALSE) and bool(values & _TRUE) and bool(values & _FALSE)


def _several(table: pd.DataFrame, names: list[str]) -> Labels:
    flags = pd.DataFrame({name: _flags(table[name]) for name in names})
    is_one_hot = bool((flags.sum(axis=1) == 1).all())
    values = tuple("|".join(name for name in names if row[name]) for row in flags.to_dict("records"))
    form = "exactly one of them is 1 in every row" if is_one_hot else "a row may have several or none"
    return Labels(
        values=values,
        name=", ".join(names),
        sentence=f"Labels: the {len(names)} columns {listed(names, 20)} hold 0 or 1; {form}.",
        task="multiclass" if is_one_hot else "multilabel",
        class_order=tuple(names),
        is_multiple=not is_one_hot,
    )


def _flags(column: pd.Series) -> pd.Series:
    lowered = column.str.lower()
    strange = sorted(set(lowered) - _TRUE - _FALSE)
    if strange:
        raise DataRefused(
            f"the label column '{column.name}' should hold 0 or 1 but also holds "
            f"{listed([repr(s) for s in strange])}; decide how uncertain or missing labels count, "
            "and write 0 or 1"
        )
    return lowered.isin(_TRUE)
