"""What kind of decision the labels ask for, and in which order the classes stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.collection import Task
from thirdeye.intake.files import natural
from thirdeye.intake.merging import merged, parse_merge, refuse_unused
from thirdeye.intake.options import Options
from thirdeye.intake.questions import Question, answered, parse_questions
from thirdeye.intake.reading import Reading
from thirdeye.intake.scales import as_integers, order_of
from thirdeye.intake.structure_names import is_background
from thirdeye.intake.vocabulary import recognise_positive
from thirdeye.intake.words import counted, listed, plain

TASKS: tuple[Task, ...] = (
    "binary", "multiclass", "multilabel", "ordinal", "segmentation", "detection", "landmarks",
)  # fmt: skip
_WHERE = ("segmentation", "detection", "landmarks")
SEPARATOR = "|"
_NOTHING = frozenset(["no_finding", "no_findings", "nofinding", "none", "nothing", "no_disease"])


@dataclass(frozen=True)
class Decision:
    """The task and its classes.

    Args:
        task, classes, positive: as in `Collection`.
        labels: one per row, tidied.
        positive_is_certain: False for a bare 0/1.
        sentences: what was understood.
    """

    task: Task
    classes: tuple[str, ...]
    positive: str | None
    labels: tuple[str, ...]
    positive_is_certain: bool
    sentences: tuple[str, ...]


def decide(reading: Reading, options: Options) -> Decision:
    """Task, classes and positive class of a reading.

    Raises:
        DataRefused: the labels do not fit the task asked for, look like measurements, or do not say which of
            two classes is the disease.
        UsageError: an option names a task or class that does not exist.
    """
    if options.task is not None and options.task not in TASKS:
        raise UsageError(f"--task {options.task!r}: expected one of {listed(TASKS)}")
    task = options.task or reading.task
    if task in _WHERE or task == "unlabelled":
        return _without_classes(task, reading)
    labels, sentences = _one_spelling(_whole_numbers(list(reading.rows["label"])))
    if mapping := parse_merge(options.merge):
        labels = list(merged(labels, mapping))
        refuse_unused(labels, mapping)
        sentences += (f"Labels were merged: {listed([f'{a} is {b}' for a, b in mapping.items()], 20)}.",)
    if questions := parse_questions(options.questions):
        if mapping:
            raise UsageError("--merge and --questions both say what the labels become; give one of them")
        if options.task not in (None, "multilabel"):
            raise UsageError(f"--questions has several answers at once, which no '{options.task}' task has")
        return _questioned(questions, labels, reading, sentences)
    if _is_multilabel(labels, reading, options):
        return _multilabel(labels, reading, sentences)
    found = sorted(set(labels), key=natural)
    _refuse_measurements(found, labels, reading, options)
    order = _order(found, reading, options)
    decided = _task(found, order, reading, options)
    if decided == "binary":
        return _binary(found, labels, reading, options, sentences)
    if options.positive is not None:
        raise UsageError(f"--positive {options.positive!r} is for two classes; these data have {len(found)}")
    classes = order or _stated_order(found, reading)
    kind = "grades from least to most" if decided == "ordinal" else "classes"
    sentences += (f"{len(classes)} {kind}: {listed(classes, 14)}.",)
    if decided == "multiclass" and as_integers(found):
        sentences += ("The classes are integers without names; if they are grades, say --task ordinal.",)
    return Decision(decided, classes, None, tuple(labels), True, sentences)


def _without_classes(task: str, reading: Reading) -> Decision:
    """Masks, boxes or points say what is where; the classes are theirs. Labels of whole images stay as found.

    Raises:
        DataRefused: the task needs masks, boxes or points that the data don't have.
    """
    found = {
        "segmentation": [
            *(name for value, name in reading.mask_values.items() if not is_background(value, name)),
            *reading.masks["name"],
        ],
        "detection": list(reading.regions["name"][reading.regions["kind"] == "box"]),
        "landmarks": list(reading.regions["name"][reading.regions["kind"] == "point"]),
        "unlabelled": [],
    }[task]
    if task == "detection" and not found:  # each connected piece of a mask can be a box
        found = [*reading.mask_values.values(), *reading.masks["name"]]
    there = {"segmentation": len(reading.masks), "unlabelled": 1}.get(task, len(found))
    if not there:
        raise DataRefused(f"--task {task}: the data hold no {_NEEDED[task]}")
    classes = tuple(dict.fromkeys(part for name in found for part in name.split(SEPARATOR) if part))
    named = next(name for name in (*_WHERE, "unlabelled") if name == task)
    sentences = (f"{counted(len(classes), 'kind')} of structure: {listed(classes, 14)}.",) if classes else ()
    return Decision(named, classes, None, tuple(reading.rows["label"]), True, sentences)  # type: ignore[arg-type]


_NEEDED = {"segmentation": "masks", "detection": "boxes or masks", "landmarks": "points"}


def _whole_numbers(labels: list[str]) -> list[str]:
    """ "1.0" is "1" when every label is a whole number, as in a column that once had gaps."""
    integers = as_integers(sorted(set(labels))) if any(label.endswith(".0") for label in labels) else None
    return labels if integers is None else [str(integers[label]) for label in labels]


def _one_spelling(labels: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Labels that differ only in case, accents or punctuation become the most frequent spelling."""
    counts = pd.Series(labels, dtype=object).value_counts()
    chosen: dict[str, str] = {}
    merged: list[str] = []
    for label in counts.index:
        key = label.casefold().strip() if SEPARATOR in label else (plain(label) or label)
        if key in chosen and chosen[key] != label:
            merged.append(f"'{label}' counts as '{chosen[key]}'")
        chosen.setdefault(key, label)
    if not merged:
        return labels, ()
    spelled = {
        label: chosen[label.casefold().strip() if SEPARATOR in label else (plain(label) or label)]
        for label in counts.index
    }
    return [spelled[label] for label in labels], (f"Spellings were joined: {listed(merged)}.",)


def _is_multilabel(labels: Sequence[str], reading: Reading, options: Options) -> bool:
    if options.task is not None:
        return options.task == "multilabel"
    return reading.task == "multilabel" or any(SEPARATOR in label for label in labels)


def _multilabel(labels: Sequence[str], reading: Reading, sentences: tuple[str, ...]) -> Decision:
    sets = [tuple(dict.fromkeys(p.strip() for p in label.split(SEPARATOR) if p.strip())) for label in labels]
    names = sorted({name for held in sets for name in held}, key=natural)
    nothing = [name for name in names if plain(name) in _NOTHING]
    if nothing and all(len(held) == 1 for held in sets if set(held) & set(nothing)):
        sets = [() if set(held) & set(nothing) else held for held in sets]
        names = [name for name in names if name not in nothing]
        sentences += (f"'{nothing[0]}' means that none of the {len(names)} classes is there.",)
    classes = _stated_order(names, reading)
    none = sum(not held for held in sets)
    sentences += (
        f"Several labels an image: {len(classes)} classes ({listed(classes, 14)}); "
        f"{none:,} images have none.",
    )
    return Decision(
        "multilabel", classes, None, tuple(SEPARATOR.join(held) for held in sets), True, sentences
    )


def _questioned(
    questions: Sequence[Question], labels: Sequence[str], reading: Reading, sentences: tuple[str, ...]
) -> Decision:
    """Several yes-or-no questions; a layout without a table has not asked them yet.

    Raises:
        DataRefused: to one of them, every case gives the same answer.
    """
    names = tuple(one.name for one in questions)
    if reading.class_order != names:
        labels = answered(questions, labels)
    held = [set(label.split(SEPARATOR)) for label in labels]
    for name in names:
        count = sum(name in one for one in held)
        if count in (0, len(held)):
            told = "no case" if count == 0 else "every case"
            raise DataRefused(
                f"--questions, '{name}': the answer is yes for {told}, so nothing can be learnt of it"
            )
    return _multilabel(labels, replace(reading, class_order=names), sentences)


def _stated_order(found: Sequence[str], reading: Reading) -> tuple[str, ...]:
    known = tuple(name for name in reading.class_order if name in set(found))
    integers = as_integers(found)
    if len(known) == len(found):
        return known
    return tuple(sorted(found, key=lambda name: integers[name]) if integers else found)


def _refuse_measurements(
    found: Sequence[str], labels: Sequence[str], reading: Reading, options: Options
) -> None:
    if not reading.can_name_patients or len(found) < 20:
        return
    fractions = sum(_is_fraction(name) for name in found)
    if fractions > 0.5 * len(found):
        raise DataRefused(
            f"the label '{reading.label_name}' holds measurements ({listed(found, 4)}), not classes; "
            "name another column with --label-column, or write classes into one"
        )
    if len(found) > 0.5 * len(labels):
        raise DataRefused(
            f"the label '{reading.label_name}' has {len(found)} different values in {len(labels)} rows "
            f"({listed(found, 4)}), so it seems to name images and not classes; name another with "
            "--label-column"
        )


def _is_fraction(text: str) -> bool:
    try:
        return not float(text).is_integer()
    except (ValueError, OverflowError):
        return False


def _order(found: Sequence[str], reading: Reading, options: Options) -> tuple[str, ...] | None:
    """Order of grades: by option, by the data, or by the names; None where there is none."""
    if options.order is not None:
        if sorted(options.order) != sorted(found):
            raise UsageError(
                f"--order {listed(tuple(options.order), 20)}: expected each of {listed(found, 20)} once"
            )
        return tuple(options.order)
    if options.task in ("binary", "multiclass"):
        return None
    by_name = order_of(found, reading.label_name)
    if by_name is not None or (options.task != "ordinal" and reading.task != "ordinal"):
        return by_name
    integers = as_integers(found)
    if integers is None:
        raise DataRefused(
            f"the order of the grades {listed(found, 20)} is not known; give it: --order LEAST,...,MOST"
        )
    return tuple(sorted(found, key=lambda name: integers[name]))


def _task(found: Sequence[str], order: tuple[str, ...] | None, reading: Reading, options: Options) -> Task:
    if options.task == "binary" and len(found) > 2:
        raise DataRefused(
            f"--task binary needs two classes; these data have {len(found)}: {listed(found, 14)}"
        )
    if options.task is not None:
        return next(task for task in TASKS if task == options.task)
    if len(found) <= 2 and options.order is None:
        return "binary"
    return "ordinal" if order else "multiclass"


def _binary(
    found: Sequence[str],
    labels: Sequence[str],
    reading: Reading,
    options: Options,
    sentences: tuple[str, ...],
) -> Decision:
    """Negative class first. A single class passes: the check of class sizes refuses it with its count."""
    if options.positive is not None and options.positive not in found:
        raise UsageError(f"--positive {options.positive!r}: no such class; the classes are {listed(found)}")
    if len(found) < 2:
        return Decision("binary", tuple(found), options.positive, tuple(labels), True, sentences)
    if options.positive is not None:
        positive, reason, certain = options.positive, "you said so", True
    else:
        recognised = recognise_positive((found[0], found[1]), reading.label_name)
        if recognised is None:
            raise DataRefused(
                f"which of the two classes is the disease? Say --positive {_quoted(found[0])} or "
                f"--positive {_quoted(found[1])}"
            )
        positive, reason, certain = recognised.name, recognised.reason, recognised.is_certain
    negative = next(name for name in found if name != positive)
    sentences += (f"Two classes: {negative} and {positive}; {positive} counts as positive ({reason}).",)
    return Decision("binary", (negative, positive), positive, tuple(labels), certain, sentences)


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
