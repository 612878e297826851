"""Annotations drawn over a thumbnail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from thirdeye.intake.collection import MASK_COLUMNS, REGION_COLUMNS
from thirdeye.report.trial.outlines import Outlines
from thirdeye.report.trial.trial import Trial

YELLOW = (255, 196, 0)


def test_the_edge_of_a_mask_is_drawn(make_trial: Callable[..., Trial]) -> None:
    masks = pd.DataFrame([["pictures/0.png", "mask.png", "", ""]], columns=MASK_COLUMNS)
    mask = np.zeros((20, 20), np.uint8)
    mask[5:15, 5:15] = 255
    drawn = Outlines(make_trial(masks=masks).collection, lambda name: mask).over(
        "pictures/0.png", np.full((20, 20), 9, np.uint8), (20, 20)
    )
    is_yellow = (drawn == YELLOW).all(axis=2)
    assert is_yellow.sum() == 4 * 9
    assert is_yellow[5, 5:15].all()
    assert not is_yellow[6:14, 6:14].any()


def test_boxes_follow_the_scale(make_trial: Callable[..., Trial]) -> None:
    box = ["pictures/0.png", "box", "cell", "", 20.0, 10.0, 60.0, 30.0]
    regions = pd.DataFrame([box], columns=REGION_COLUMNS)
    outlines = Outlines(make_trial(regions=regions).collection, lambda name: None)
    drawn = outlines.over("pictures/0.png", np.zeros((40, 80, 3), np.uint8), (80, 160))
    rows, columns = np.nonzero((drawn == YELLOW).all(axis=2))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (5, 15, 10, 30)


def test_boxes_outside_and_no_numbers_do_not_fail(make_trial: Callable[..., Trial]) -> None:
    wrong = [
        ["pictures/0.png", "box", "a", "", -50.0, -5.0, 1e9, float("nan")],
        ["pictures/0.png", "point", "b", "", 900.0, 900.0, 900.0, 900.0],
    ]
    collection = make_trial(regions=pd.DataFrame(wrong, columns=REGION_COLUMNS)).collection
    small = np.zeros((10, 10), np.uint8)
    drawn = Outlines(replace(collection), lambda name: None).over("pictures/0.png", small, (10, 10))
    assert drawn.shape == (10, 10, 3)
    assert drawn.any()
    assert not small.any()


def test_an_accused_box_is_pointed_at_however_small(make_trial: Callable[..., Trial]) -> None:
    outlines = Outlines(make_trial().collection, lambda name: None)
    for place in ((504.0, 337.0, 504.0, 337.0), (0.0, 0.0, 0.0, 0.0), (639.0, 479.0, 639.0, 479.0)):
        drawn = outlines.over("pictures/0.png", np.zeros((150, 200), np.uint8), (480, 640), [place])
        red = (drawn == (255, 40, 40)).all(axis=2)
        assert 60 < red.sum() < 13 * 13
        rows, columns = np.nonzero(red)
        assert rows.min() - 1 <= place[1] * 150 / 480 <= rows.max() + 1
        assert columns.min() - 1 <= place[0] * 200 / 640 <= columns.max() + 1
