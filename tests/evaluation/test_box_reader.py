from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.box_reader import reader_evidence
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.threshold import Threshold

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance, by_hand

POINT = Threshold("here", 0.45, "prespecified")


def drawn(cases, keep):
    """A reader who draws the lesions at these places of the reference, exactly."""
    return [
        replace(one, boxes=one.truth[keep(one)], scores=np.ones(len(one.truth[keep(one)])),
                classes=one.truth_classes[keep(one)])
        for one in cases
    ]  # fmt: skip


def test_by_hand() -> None:
    """The reader draws all but a's platelet; the network finds two cells, with two false marks."""
    network = box_set(by_hand(), classes=CLASSES, clusters=None)
    reader = box_set(drawn(by_hand(), lambda one: one.truth_classes == 0), classes=CLASSES, clusters=None)
    entry = reader_evidence(network, reader, point=POINT, name="second", n_resamples=100)
    told = {(m["name"], m["class"]): m["value"] for m in entry["metrics"]}
    assert told["lesion_sensitivity", None] == 3 / 4
    assert told["lesion_sensitivity", "platelet"] == 0
    assert told["false_positives_per_image", None] == 0
    assert told["lesion_ppv", None] == 1
    gaps = {m["name"]: m["value"] for m in entry["network_minus_reader"]}
    assert gaps["lesion_sensitivity_difference"] == pytest.approx(2 / 4 - 3 / 4)
    assert gaps["false_positives_per_image_difference"] == pytest.approx(2 / 4)
    assert {m["threshold"] for m in entry["metrics"]} == {None}
    assert "network_minus_reader" not in reader_evidence(
        network, reader, point=None, name="second", n_resamples=9
    )


def test_only_the_images_of_the_reader_count() -> None:
    cases = by_chance(40)
    network = box_set(cases, classes=CLASSES, clusters=None)
    some = drawn(cases[5:25], lambda one: np.ones(len(one.truth), bool))
    entry = reader_evidence(
        network, box_set(some, classes=CLASSES, clusters=None), point=POINT, name="x", n_resamples=50
    )
    gap = entry["network_minus_reader"][0]
    here = np.isin(network.matches.lesion_case, np.arange(5, 25))
    found = (network.matches.lesion_score[here] >= 0.45).mean()
    assert gap["value"] == pytest.approx(found - 1)
    assert gap["n"] == here.sum()


def test_other_images_are_refused() -> None:
    network = box_set(by_hand()[:2], classes=CLASSES, clusters=None)
    reader = box_set(drawn(by_hand(), lambda one: one.truth_classes == 0), classes=CLASSES, clusters=None)
    with pytest.raises(UsageError, match="drew in c, which is not in the set"):
        reader_evidence(network, reader, point=POINT, name="x")
