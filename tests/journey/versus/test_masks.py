"""Two segmentations of the same cases."""

from __future__ import annotations

import pandas as pd
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.journey.versus.masks import compare_segmentations

PLAN = {"task": "segmentation", "classes": ["liver"]}
DICE = [0.8, 0.9, 0.7, 0.85, 0.95, 0.75, 0.6, 0.88, 0.92, 0.81]


def said(dice: list, **columns) -> pd.DataFrame:
    names = [f"c{n}" for n in range(len(dice))]
    table = {
        "case": names,
        "patient": names,
        "structure": "liver",
        "source": "network",
        "dice": dice,
        "unit": "mm",
    }
    return pd.DataFrame(table | columns)


def test_mean_difference_of_dice(side):
    lower = [one - 0.05 - 0.01 * (n % 2) for n, one in enumerate(DICE)]
    found = compare_segmentations(side("a", said(DICE), PLAN), side("b", said(lower), PLAN))
    assert found["measures"][0]["difference"]["value"] == pytest.approx(0.055)
    assert (found["outcome"], found["n"]) == ("better", len(DICE))


def test_cases_that_the_reference_does_not_mark_do_not_count(side):
    marked = ["yes"] * 8 + ["no"] * 2
    found = compare_segmentations(
        side("a", said(DICE, marked=marked), PLAN),
        side("b", said([*DICE[:8], 0.0, 0.0], marked=marked), PLAN),
    )
    assert found["n"] == 8
    assert found["measures"][0]["difference"]["value"] == 0


def test_other_structures_are_refused(side):
    other = PLAN | {"classes": ["spleen"]}
    with pytest.raises(StudyMismatch, match="other structures"):
        compare_segmentations(side("a", said(DICE), PLAN), side("b", said(DICE), other))


def test_nothing_marked_is_refused(side):
    nothing = said(DICE, marked="no")
    with pytest.raises(StudyMismatch, match="marks nothing"):
        compare_segmentations(side("a", nothing, PLAN), side("b", nothing, PLAN))
