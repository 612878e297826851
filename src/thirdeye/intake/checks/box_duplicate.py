"""One object boxed twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.annotation_view import boxes_of, cases, said_of, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.regions import EDGES

_SAME = 0.9  # intersection over union
_MOST_PER_IMAGE = 500  # above which only identical boxes are looked for


@register_check("box.duplicate", title="Objects boxed twice", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: a reader that finds the object once is counted as having missed one."""
    boxes = boxes_of(exhibits)
    boxes = boxes[(boxes["width"] > 0) & (boxes["height"] > 0)].reset_index(drop=True)
    again = boxes.index[boxes.duplicated(["image", "annotator", *EDGES])]
    near = _near(boxes.drop(index=again))
    twice = boxes.loc[sorted({*again, *(second for _, second in near)})]
    if twice.empty:
        return
    other = {second: boxes.loc[first, "name"] for first, second in near}
    named = sum(other.get(row, boxes.loc[row, "name"]) != boxes.loc[row, "name"] for row in twice.index)
    hint = f" {named:,} of them carry two different names." if named else ""
    yield Finding(
        check="box.duplicate",
        severity="warning",
        message=f"{share(len(twice), len(boxes))} boxes repeat another of their image: "
        f"{said_of(twice)}.{hint}",
        cases=cases(twice["image"]),
        evidence={"identical": len(again), "near": len(near), "two_names": named,
                  "table": table(twice, ["image", "name", *EDGES])},
        remedy="Keep one box an object",
        source=f"Two boxes of one annotator with an intersection over union of {_SAME} or more",
    )  # fmt: skip


def _near(boxes: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of rows that nearly coincide, each second row once."""
    pairs: dict[int, int] = {}
    for _, held in boxes.groupby(["image", "annotator"], sort=False):
        if not 1 < len(held) <= _MOST_PER_IMAGE:
            continue
        overlap = np.triu(_overlaps(held[list(EDGES)].to_numpy()), 1)
        for first, second in zip(*np.nonzero(overlap >= _SAME), strict=True):
            pairs.setdefault(int(held.index[second]), int(held.index[first]))
    return [(first, second) for second, first in pairs.items()]


def _overlaps(edges: np.ndarray) -> np.ndarray:
    """Intersection over union of every two boxes, (n, n)."""
    low, high = edges[:, :2], edges[:, 2:]
    inner = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    shared = inner.clip(0).prod(axis=2)
    area = (high - low).prod(axis=1)
    return np.asarray(shared / (area[:, None] + area[None] - shared))
