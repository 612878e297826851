"""Two classifiers on the same test cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.evaluation.compare import compare_models
from thirdeye.journey.fusion.cases import IMAGE
from thirdeye.journey.scoring import DECIDED
from thirdeye.journey.versus.side import Side, common_images

NETWORK = "network"


def compare_cases(first: Side, second: Side, *, seed: int) -> dict[str, Any]:
    """An entry of "comparisons", with the ``unit`` that is decided.

    Where either study decides a case by several images or with clinical variables, its last word on the case
    is compared; where the two decide about different units, both are compared image by image.

    Raises:
        StudyMismatch: the studies differ in task, classes or labels, or have no case in common.
    """
    _refuse_others(first, second)
    common_images(first, second)
    unit, (one, other) = _tables(first, second)
    held = set(other.index)
    cases = [name for name in one.index if name in held]
    one, other = one.loc[cases], other.loc[cases]
    if (one["label"] != other["label"]).any():
        raise StudyMismatch("the two studies have other labels for the same cases")
    classes = first.plan["classes"]
    found = compare_models(
        labels=labels_of(one["label"], classes, first.task), first=_probabilities(one, classes),
        second=_probabilities(other, classes), classes=classes, task=first.task,
        positive=first.plan["positive"],
        clusters=one["patient"].to_numpy(str) if first.patients_known else None,
        names=(first.name, second.name), first_points=_points(first, unit),
        second_points=_points(second, unit), seed=seed,
    )  # fmt: skip
    return found | {"unit": unit}


def labels_of(labels: pd.Series[str], classes: list[str], task: str) -> NDArray[np.int64]:
    """Class numbers (n,), or for several labels 0 and 1 (n, K)."""
    position = {name: number for number, name in enumerate(classes)}
    if task != "multilabel":
        return labels.map(position).to_numpy(np.int64)
    return np.array(
        [[name in joined.split("|") for name in classes] for joined in labels.fillna("")], np.int64
    )


def _refuse_others(first: Side, second: Side) -> None:
    for field in ("task", "positive"):
        if first.plan[field] != second.plan[field]:
            raise StudyMismatch(
                f"the two studies differ in {field}: {first.plan[field]} and {second.plan[field]}"
            )
    if first.plan["classes"] != second.plan["classes"]:
        raise StudyMismatch("the two studies have other classes; they are of other data")


def _tables(first: Side, second: Side) -> tuple[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """What is compared: each side's rows by case."""
    units = tuple(_unit(side) for side in (first, second))
    sources = tuple(NETWORK if unit is None else DECIDED for unit in units)
    known = {unit or IMAGE for unit in units}
    if len(known) > 1:
        known, sources = {IMAGE}, (NETWORK, NETWORK)
    one, other = (_by_case(side.said(source)) for side, source in zip((first, second), sources, strict=True))
    return known.pop(), (one, other)


def _by_case(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows under the name of their case; those of several images of a case are numbered."""
    number = rows.groupby("case").cumcount().astype(str)
    return rows.set_index(rows["case"] + "\n" + number)


def _unit(side: Side) -> str | None:
    """Of the reader's last word; None where it decides by one image."""
    if not (side.predictions["source"] == DECIDED).any():
        return None
    return str((side.test.get("by_case") or side.test.get("clinical") or {}).get("unit", IMAGE))


def _points(side: Side, unit: str) -> list[dict[str, Any]]:
    """Operating points of an image's own decision; those of joint decisions are told in the studies."""
    if unit != IMAGE or _unit(side) is not None:
        return []
    return [
        {"name": one["name"], "threshold": one["threshold"], "origin": one["origin"]}
        for one in side.test.get("operating_points") or []
        if one.get("class") is None
    ]


def _probabilities(table: pd.DataFrame, classes: list[str]) -> NDArray[np.float64]:
    return table[[f"probability_{name}" for name in classes]].to_numpy(np.float64)
