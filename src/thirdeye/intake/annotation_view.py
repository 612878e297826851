"""Masks, boxes and points beside the facts of their images, for the checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.regions import EDGES

MOST_ROWS = 200  # rows of a table of evidence; all cases are named all the same


def masks_of(exhibits: Exhibits) -> pd.DataFrame:
    """One row per mask: the columns of `Collection.masks`, its facts, and ``image_*`` facts of its image.

    Raises:
        NotApplicable: there are no masks.
    """
    masks = exhibits.collection.masks
    if masks.empty or exhibits.mask_facts.empty:
        raise NotApplicable("there are no masks")
    of_images = exhibits.facts.add_prefix("image_")
    return masks.join(exhibits.mask_facts, on="mask").join(of_images, on="image")


def readable_masks(exhibits: Exhibits) -> pd.DataFrame:
    """Those that can be read.

    Raises:
        NotApplicable: there are none.
    """
    masks = masks_of(exhibits)
    readable = masks[masks["error"] == ""]
    if readable.empty:
        raise NotApplicable("no mask can be read")
    return readable


def boxes_of(exhibits: Exhibits) -> pd.DataFrame:
    """One row per box with ``width``, ``height``, and ``image_width``, ``image_height`` (NaN: unreadable).

    Raises:
        NotApplicable: there are no boxes.
    """
    frame = _regions(exhibits, "box", "boxes")
    return frame.assign(width=frame["x_max"] - frame["x_min"], height=frame["y_max"] - frame["y_min"])


def points_of(exhibits: Exhibits) -> pd.DataFrame:
    """One row per point with ``x`` and ``y``, and ``image_width``, ``image_height``.

    Raises:
        NotApplicable: there are no points.
    """
    frame = _regions(exhibits, "point", "landmarks")
    return frame.assign(x=frame["x_min"], y=frame["y_min"])


def _regions(exhibits: Exhibits, kind: str, words: str) -> pd.DataFrame:
    regions = exhibits.collection.regions
    frame = regions[regions["kind"] == kind]
    if frame.empty:
        raise NotApplicable(f"there are no {words}")
    facts = exhibits.facts
    sizes = facts.loc[facts["error"] == "", ["width", "height"]].astype("float64").add_prefix("image_")
    return frame.join(sizes, on="image")


def table(frame: pd.DataFrame, columns: Sequence[str]) -> dict[str, Any]:
    """A table of evidence: the first rows, numbers to two decimals."""
    shown = frame[list(columns)].head(MOST_ROWS)
    return {"columns": list(columns), "rows": [[_plain(v) for v in row] for row in shown.to_numpy().tolist()]}


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), 2)
    return value if isinstance(value, str | int | bool) else str(value)


def said_of(rows: pd.DataFrame) -> str:
    """ "'a.png': RBC (504, 337, 504, 337)" """
    first = rows.iloc[0]
    edges = ", ".join(f"{first[edge]:.6g}" for edge in EDGES)
    return f"'{first['image']}', {first['name'] or 'no name'} ({edges})"


def cases(values: Iterable[str]) -> tuple[str, ...]:
    """Each once, in their order."""
    return tuple(dict.fromkeys(values))
