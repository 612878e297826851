"""Boxes without width or height, or with an edge that is no number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.annotation_view import boxes_of, cases, said_of, table
from thirdeye.intake.checks.check import register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.regions import EDGES


@register_check("box.degenerate", title="Boxes without extent", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Warning: such boxes make losses infinite, and hide an object from training."""
    boxes = boxes_of(exhibits)
    no_number = ~np.isfinite(boxes[list(EDGES)]).all(axis=1)
    flat = (boxes["width"] == 0) | (boxes["height"] == 0)
    turned = ~no_number & ~flat & ((boxes["width"] < 0) | (boxes["height"] < 0))
    yield from _turned(boxes[turned], len(boxes))
    wrong = boxes[no_number | flat]
    if wrong.empty:
        return
    yield Finding(
        check="box.degenerate",
        severity="warning",
        message=f"{share(len(wrong), len(boxes))} boxes have no width or no height: {said_of(wrong)}.",
        cases=cases(wrong["image"]),
        evidence={"boxes": len(wrong), "table": table(wrong, ["image", "name", *EDGES])},
        remedy="Draw these boxes again, or delete them; they are not learnt from",
        source="A box has x_min < x_max and y_min < y_max",
    )


def _turned(boxes: pd.DataFrame, of: int) -> Iterator[Finding]:
    if len(boxes):
        yield Finding(
            check="box.degenerate",
            severity="warning",
            message=f"{share(len(boxes), of)} boxes have their corners exchanged: {said_of(boxes)}.",
            cases=cases(boxes["image"]),
            evidence={"boxes": len(boxes), "table": table(boxes, ["image", "name", *EDGES])},
            remedy="They are read the other way round; look whether width and height were taken for a corner",
            source="A box has x_min < x_max and y_min < y_max",
        )
