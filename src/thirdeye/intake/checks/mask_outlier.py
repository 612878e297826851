"""Masks whose size or shape is far from that of the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thirdeye.intake.annotation_view import cases, readable_masks, table
from thirdeye.intake.checks.check import NotApplicable, register_check, share
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.robust import FAR, robust_z
from thirdeye.intake.words import shown_name

_LEAST = 20  # masks of one kind, below which nothing is usual
_MOST_PIECES = 3  # usual number of pieces up to which crumbs are told


@register_check("mask.outlier", title="Masks unlike the others", about="veracity")
def check(exhibits: Exhibits) -> Iterator[Finding]:
    """Information: far from usual is not wrong, but the first place to look.

    Size is compared as log odds of the share marked, apart for each class and annotator; crumbs are pieces of
    which the largest holds less than nine tenths, where masks usually are in one to three pieces.
    """
    masks = readable_masks(exhibits)
    masks = masks[(masks["coverage"] > 0) & (masks["coverage"] < 1)]
    parts = [part for _, part in masks.groupby(["name", "annotator"]) if len(part) >= _LEAST]
    if not parts:
        raise NotApplicable(f"fewer than {_LEAST} masks of one kind")
    judged = pd.concat([_judged(part) for part in parts])
    far = judged[judged["z"].abs() > FAR]
    if len(far):
        yield _sizes(far.sort_values("z", key=np.abs, ascending=False), len(judged))
    crumbs = judged[judged["crumbs"]]
    if len(crumbs):
        yield _crumbs(crumbs.sort_values("components", ascending=False), len(judged))


def _judged(part: pd.DataFrame) -> pd.DataFrame:
    odds = np.log(part["coverage"] / (1 - part["coverage"])).to_numpy()
    usual = float(part["components"].median())
    limit = max(3 * usual, 10)
    loose = (part["components"] > limit) & (part["largest_component"] < 0.9)
    return part.assign(z=robust_z(odds), crumbs=loose & (usual <= _MOST_PIECES))


def _sizes(far: pd.DataFrame, of: int) -> Finding:
    first = far.iloc[0]
    kind = "little" if first["z"] < 0 else "much"
    shown = far.assign(percent_marked=100 * far["coverage"], distance=far["z"])
    return Finding(
        check="mask.outlier",
        severity="info",
        message=f"{share(len(far), of)} masks mark far more or less than usual; "
        f"'{shown_name(first['mask'])}' marks "
        f"{100 * first['coverage']:.2g} % of the picture, unusually {kind}.",
        cases=cases(far["image"]),
        evidence={"table": table(shown, ["image", "mask", "percent_marked", "distance"])},
        remedy="Look at these first",
        source=f"More than {FAR:g} robust standard deviations (median and MAD) from the median, as log odds",
    )


def _crumbs(loose: pd.DataFrame, of: int) -> Finding:
    first = loose.iloc[0]
    return Finding(
        check="mask.outlier",
        severity="info",
        message=f"{share(len(loose), of)} masks fall into many pieces; '{shown_name(first['mask'])}' has "
        f"{first['components']:,}.",
        cases=cases(loose["image"]),
        evidence={"table": table(loose, ["image", "mask", "components", "largest_component"])},
        remedy="Look for crumbs left by a brush or a threshold",
        source="Masks of this set usually are in one to three pieces",
    )
