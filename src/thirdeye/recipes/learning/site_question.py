"""Which of several findings the cross-site design is about; the network learns all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.collection import Collection
from thirdeye.intake.words import listed, plain

USUAL = "pneumonia"


@dataclass(frozen=True)
class Question:
    """What is asked of a film.

    Args:
        classes: two names, in output order.
        positive: the one of them that counts as diseased.
        findings: everything that the network learns at once, `positive` among them; () where there are two
            classes alone.
        said: what was understood.
    """

    classes: tuple[str, str]
    positive: str
    findings: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


def question_of(found: Collection, positive: str | None) -> Question:
    """The question of two classes, or of one finding among several.

    Args:
        found: the films.
        positive: what the user called the positive class; None: pneumonia, where the findings have it.

    Raises:
        DataRefused: there are neither two classes nor several findings.
        UsageError: the positive finding is not there, or nobody named it.
    """
    if found.task == "binary" and found.positive is not None:
        first, second = found.classes
        return Question((first, second), found.positive)
    if found.task != "multilabel":
        raise DataRefused(
            "the cross-site design needs two classes, one of them positive, or several findings at once; "
            f"these are {found.task}"
        )
    known = {plain(name): name for name in found.classes}
    name = known.get(plain(positive or USUAL))
    if name is None:
        raise UsageError(
            f"which finding is the question? Say --positive with one of {listed(found.classes, 20)}"
        )
    others = [one for one in found.classes if one != name]
    said = f"The network learns {len(found.classes)} findings; the question is {name}, beside "
    return Question((f"no {name}", name), name, found.classes, (f"{said}{listed(others, 14)}.",))


def asked(rows: pd.DataFrame, question: Question) -> tuple[pd.DataFrame, NDArray[np.int64] | None]:
    """Rows with the question's two classes as labels; findings (n, F) of 0 and 1, None of two classes alone.

    Args:
        rows: of the collection; several findings are joined by ``|``.
        question: of `question_of`.
    """
    if not question.findings:
        return rows, None
    held = [set(label.split("|")) for label in rows["label"]]
    table = np.array([[name in one for name in question.findings] for one in held], dtype=np.int64)
    there = table[:, question.findings.index(question.positive)] == 1
    return rows.assign(label=np.where(there, question.positive, question.classes[0])), table
