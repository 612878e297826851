"""Boxes too small to show anything, as large as the image, or unlike the others of their class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.annotation_view import boxes_of, cases, said_of, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.regions import EDGES
from thirdeye.intake.robust import FAR, robust_z
from thirdeye.intake.words import listed

_LEAST_SIDE_PX = 3.0
_ALL = 0.98
_LEAST = 30  # boxes of a class, below which no size is usual


@register_check("box.extent", title="Size of the boxes", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Tiny and all-covering boxes are warnings; sizes far from those of the class are information."""
    boxes = boxes_of(exhibits)
    boxes = boxes[(boxes["width"] > 0) & (boxes["height"] > 0)]
    boxes = boxes.assign(area=boxes["width"] * boxes["height"])
    tiny = boxes[boxes[["width", "height"]].min(axis=1) < _LEAST_SIDE_PX]
    if len(tiny):
        yield _finding(
            "warning", tiny, len(boxes), f"are narrower than {_LEAST_SIDE_PX:g} pixels",
            "Look for slips of the mouse; what is so small cannot be learnt",
        )  # fmt: skip
    whole = boxes[boxes["area"] >= _ALL * boxes["image_width"] * boxes["image_height"]]
    if len(whole):
        yield _finding(
            "warning", whole, len(boxes), "cover the whole image",
            "A box around everything says nothing about where; draw the object",
        )  # fmt: skip
    rest = boxes.drop(index=[*tiny.index, *whole.index], errors="ignore")
    yield from _unusual(rest)


def _finding(severity: str, wrong: pd.DataFrame, of: int, what: str, remedy: str) -> Finding:
    return Finding(
        check="box.extent",
        severity="warning" if severity == "warning" else "info",
        message=f"{share(len(wrong), of)} boxes {what}: {said_of(wrong)}.",
        cases=cases(wrong["image"]),
        evidence={"boxes": len(wrong), "table": table(wrong, ["image", "name", *EDGES])},
        remedy=remedy,
        source="A box shows one object with some of its surroundings",
    )


def _unusual(boxes: pd.DataFrame) -> Iterator[Finding]:
    """Log area, apart for each class."""
    parts = [
        part.assign(z=robust_z(np.log(part["area"])))
        for _, part in boxes.groupby("name", sort=False)
        if len(part) >= _LEAST
    ]
    if not parts:
        return
    judged = pd.concat(parts)
    far = judged[judged["z"].abs() > FAR].sort_values("z", key=np.abs, ascending=False)
    if far.empty:
        return
    counts = listed(
        [f"{name or 'no name'} ({number:,})" for name, number in far["name"].value_counts().items()]
    )
    yield Finding(
        check="box.extent",
        severity="info",
        message=f"{share(len(far), len(judged))} boxes are far larger or smaller than others of their class, "
        f"{counts}; furthest: {said_of(far)}.",
        cases=cases(far["image"]),
        evidence={
            "boxes": len(far),
            "table": table(far.assign(distance=far["z"]), ["image", "name", *EDGES, "distance"]),
        },
        remedy="Look at these first",
        source=f"More than {FAR:g} robust standard deviations (median and MAD) from the median log area",
    )
