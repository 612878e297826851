"""Labels by several annotators: which columns hold them, and what they come to together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from thirdeye.intake.collection import READING_COLUMNS, empty
from thirdeye.intake.words import counted, listed, plain

_WHO = (
    r"(?:reader|rater|annotator|observer|expert|doctor|radiologist|grader|pathologist|dermatologist|"
    r"ophthalmologist|cardiologist|physician|surgeon|labell?er|reviewer)"
)
_WHAT = r"(?:label|diagnosis|dx|grade|class|score|reading|rating|birads|finding)"
_COLUMN = re.compile(
    rf"^(?:{_WHAT}_?(?:by_|of_)?)?(?P<who>{_WHO}_?(?:[0-9]{{1,2}}|[a-h])|r[0-9]{{1,2}}|rad_?[0-9]{{1,2}})"
    rf"(?:_{_WHAT})?$|^{_WHAT}_?(?P<number>[0-9]{{1,2}})$"
)
_MOST_VALUES = 50


@dataclass(frozen=True)
class Consensus:
    """What the labels of several annotators come to.

    Args:
        labels: one per row, the label of the majority; "" where nobody labelled, or where it is tied.
        tied: positions of rows without a majority.
    """

    labels: tuple[str, ...]
    tied: tuple[int, ...]


def annotator_columns(table: pd.DataFrame, free: Sequence[str]) -> dict[str, str]:
    """Column to annotator, of two columns or more that hold labels from one vocabulary; {} where none do.

    Args:
        table: cells as strings.
        free: columns that play no other part.
    """
    named: dict[str, str] = {}
    for column in free:
        match = _COLUMN.match(plain(column))
        if match:
            named[column] = match["who"] or match["number"]
    if len(named) < 2 or len(set(named.values())) < len(named):
        return {}
    values = {column: set(table[column]) - {""} for column in named}
    every = set().union(*values.values())
    shared = set.intersection(*values.values()) if all(values.values()) else set()
    return named if every and len(every) <= _MOST_VALUES and len(shared) >= 0.5 * len(every) ** 0.5 else {}


def majority(rows: Iterable[Sequence[str]]) -> Consensus:
    """The most frequent label of each row; blanks don't vote, and a draw is a tie."""
    labels, tied = [], []
    for position, row in enumerate(rows):
        votes = Counter(label for label in row if label).most_common(2)
        is_tied = len(votes) == 2 and votes[0][1] == votes[1][1]
        labels.append("" if not votes or is_tied else votes[0][0])
        if is_tied:
            tied.append(position)
    return Consensus(tuple(labels), tuple(tied))


def wide_readings(cases: Sequence[str], by_annotator: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The frame of `Collection.readings` from a column per annotator; blanks are left out."""
    parts = [
        pd.DataFrame({"case": list(cases), "annotator": who, "label": list(labels)}, dtype=object)
        for who, labels in by_annotator.items()
    ]
    if not parts:
        return empty(READING_COLUMNS)
    joined = pd.concat(parts, ignore_index=True)
    return joined[(joined["label"] != "") & (joined["case"] != "")].reset_index(drop=True)


def settle_long(
    frame: pd.DataFrame, annotator: str
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...], str]:
    """Rows of one annotator each become one row per image, with the label of the majority.

    Args:
        frame: ``image``, ``case``, ``label`` and the column `annotator`.
        annotator: that column.

    Returns:
        The rows, the readings, the images that are tied (not among the rows), and a sentence; the rows as
        they were and "" where no image was labelled by two.
    """
    known = frame[(frame["image"] != "") & (frame["label"] != "")]
    if known.groupby("image")[annotator].nunique().max() < 2:
        return frame, empty(READING_COLUMNS), (), ""
    held = known.drop_duplicates(["image", annotator]).groupby("image", sort=False)
    decided = majority(list(labels) for labels in held["label"].agg(list))
    images = [str(image) for image in held.groups]
    label = dict(zip(images, decided.labels, strict=True))
    tied = tuple(images[position] for position in decided.tied)
    once = frame[frame["image"] != ""].drop_duplicates("image")
    rows = once[~once["image"].isin(tied)].assign(label=lambda r: r["image"].map(label).fillna(""))
    readings = known[["case", annotator, "label"]].set_axis(list(READING_COLUMNS), axis=1)
    return (
        pd.concat([rows.drop(columns=annotator), frame[frame["image"] == ""].drop(columns=annotator)]),
        readings.reset_index(drop=True),
        tied,
        told(sorted(set(readings["annotator"])), len(images), len(tied)),
    )


def told(annotators: Sequence[str], cases: int, tied: int) -> str:
    """How the labels were settled."""
    tail = f"; {counted(tied, 'tie')} left out" if tied else ""
    return (
        f"{counted(len(annotators), 'annotator')} ({listed(annotators)}) labelled {counted(cases, 'image')}; "
        f"the label "
        f"is that of the majority{tail}."
    )
