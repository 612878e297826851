from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.box_comparison import compare_boxes
from thirdeye.evaluation.box_set import box_set

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance


def boxes(**how):
    return box_set(by_chance(60, **how), classes=CLASSES, clusters=None)


def test_a_better_and_a_worse_detector() -> None:
    good, poor = boxes(noise=1.0, seed=1), boxes(noise=9.0, seed=2)
    entry = compare_boxes(good, poor, n_resamples=300)
    assert (entry["outcome"], entry["primary"], entry["n"]) == ("better", "froc_score", 60)
    assert entry["verdict"].startswith("The network beats the traditional technique: FROC score 0.")
    primary = entry["measures"][0]
    assert (primary["name"], primary["class"]) == ("froc_score", None)
    gap = primary["difference"]
    assert gap["value"] == pytest.approx(primary["first"]["value"] - primary["second"]["value"])
    assert gap["ci_low"] < gap["value"] < gap["ci_high"]
    assert primary["p_value"] <= 2 / 300 + 1e-3
    assert compare_boxes(poor, good, n_resamples=300)["outcome"] == "worse"
    assert {(one["name"], one["class"]) for one in entry["measures"]} == {
        (name, kind) for name in ("froc_score", "ap50") for kind in (None, *CLASSES)
    }


def test_a_detector_against_itself() -> None:
    entry = compare_boxes(boxes(seed=1), boxes(seed=1), n_resamples=100)
    assert entry["outcome"] == "not_better"
    assert entry["measures"][0]["difference"]["value"] == 0


def test_pairing_makes_the_interval_narrower() -> None:
    """The same marks with a little noise: the difference varies less than two detectors on other images."""
    one, other = boxes(noise=3.0, seed=1), boxes(noise=3.5, seed=1)
    primary = compare_boxes(one, other, n_resamples=400)["measures"][0]
    width = primary["difference"]["ci_high"] - primary["difference"]["ci_low"]
    apart = np.hypot(*(primary[side]["ci_high"] - primary[side]["ci_low"] for side in ("first", "second")))
    assert width < 0.6 * apart


def test_other_images_are_refused() -> None:
    with pytest.raises(UsageError, match="the same images"):
        compare_boxes(boxes(), box_set(by_chance(50), classes=CLASSES, clusters=None))
