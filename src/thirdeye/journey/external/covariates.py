"""What is known of cases beside their class: age, sex, what an image is like; in the study and elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.evaluation.columns import is_absent, kind_of, sex, years
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.shift import standardised_difference, standardised_difference_of_shares
from thirdeye.journey.external.sketch import Sketch

_TITLES = {
    "age": "Age", "sex": "Sex", "height_px": "Image height (pixels)", "width_px": "Image width (pixels)",
    "aspect": "Width over height", "intensity_mean": "Mean intensity (share of the range)",
    "intensity_std": "Contrast (standard deviation, share of the range)", "colour": "Colour or grey",
}  # fmt: skip


def covariate_shift(
    own: tuple[pd.DataFrame, Sketch | None], other: tuple[pd.DataFrame, Sketch]
) -> list[dict[str, Any]]:
    """Standardised differences of everything that both sides know, JSON-ready; the largest first.

    Args:
        own: rows of the study that the reader was developed on, and the sketch of its images if it is there.
        other: rows of the external cases that are evaluated, and the sketch of theirs.
    """
    sides = [_clinical(own[0]), _clinical(other[0])]
    if own[1] is not None:
        for side, (rows, sketch) in zip(sides, (own, other), strict=True):
            side.update(_of_images(rows, sketch))  # type: ignore[arg-type]
    shared = [name for name in sides[0] if name in sides[1]]
    found = [_compared(name, sides[0][name], sides[1][name]) for name in shared]
    return sorted(found, key=lambda one: -abs(one["difference"]["value"] or 0.0))


def _clinical(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Age in years and sex, from the first column that is one; NaN and "" where nothing is recorded."""
    found = {}
    for kind, read in (("age", _age), ("sex", _sex)):
        columns = [column for column in rows.columns if kind_of(str(column)) == kind]
        if columns:
            found[kind] = rows[columns[0]].map(read)
    return found


def _age(value: object) -> float:
    known = years(str(value))
    return np.nan if known is None else known


def _sex(value: object) -> str:
    text = str(value).strip()
    return "" if is_absent(text) else sex(text)


def _of_images(rows: pd.DataFrame, sketch: Sketch) -> dict[str, pd.Series]:
    facts = sketch.facts.loc[rows["image"]]
    full = facts["bits"].map(lambda bits: 2.0**bits - 1 if bits <= 16 else 1.0)
    return {
        "height_px": facts["height"],
        "width_px": facts["width"],
        "aspect": facts["width"] / facts["height"],
        "intensity_mean": facts["mean"] / full,
        "intensity_std": facts["std"] / full,
        "colour": facts["is_colour"].map(lambda is_colour: "colour" if is_colour else "grey"),
    }


def _compared(name: str, own: pd.Series, other: pd.Series) -> dict[str, Any]:
    if name in ("sex", "colour"):
        shares = [side[side != ""].value_counts().to_dict() for side in (own, other)]
        counts = [{str(key): int(n) for key, n in sorted(one.items())} for one in shares]
        metric = standardised_difference_of_shares(*counts, name=_TITLES[name])
        return _entry(name, metric, {"development": counts[0], "external": counts[1]})
    values = [side.to_numpy(dtype=np.float64) for side in (own, other)]
    metric = standardised_difference(*values, name=_TITLES[name])
    return _entry(name, metric, {"development": _summary(values[0]), "external": _summary(values[1])})


def _entry(name: str, metric: Metric, sides: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "title": _TITLES[name], **sides, "difference": metric.as_json()}


def _summary(values: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, float | int | None]:
    known = values[np.isfinite(values)]
    return {
        "n": int(known.size),
        "mean": float(known.mean()) if known.size else None,
        "sd": float(known.std(ddof=1)) if known.size > 1 else None,
    }
