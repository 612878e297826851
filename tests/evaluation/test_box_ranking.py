from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.evaluation.box_ranking import froc_curves, ranking_metrics
from thirdeye.evaluation.box_set import box_set
from thirdeye.evaluation.detection import average_precision
from thirdeye.evaluation.froc import froc_score

sys.path.insert(0, str(Path(__file__).parent))
from box_examples import CLASSES, by_chance, by_hand, case


def named(metrics):
    return {(metric.name, metric.class_name): metric for metric in metrics}


def test_by_hand() -> None:
    """Cells: 3 lesions; hits and misses from the top 1, 0 (repeat), 0, 0, 1, 0: recall 1/3 at precision 1,
    2/3 at 2/5. Of COCO's 101 recalls 34 (0 to 0.33) lie at the first and 33 (0.34 to 0.66) at the second."""
    found = named(ranking_metrics(box_set(by_hand(), classes=CLASSES, clusters=None), n_resamples=50))
    cells = (34 * 1 + 33 * 2 / 5) / 101
    assert found["ap50", "cell"].value == pytest.approx(cells)
    assert found["ap50", "platelet"].value == 0
    assert found["ap50", None].value == pytest.approx(cells / 2)
    # All marks: hit 0.9 at 0 false per image, hit 0.5 after two false ones in four images: 1/2 a image.
    rates = {"1_8": 1 / 4, "1_4": 1 / 4, "1_2": 2 / 4, "1": 2 / 4, "2": 2 / 4, "4": 2 / 4, "8": 2 / 4}
    for rate, value in rates.items():
        assert found[f"sensitivity_at_{rate}_fp", None].value == pytest.approx(value), rate
    assert found["froc_score", None].value == pytest.approx(np.mean(list(rates.values())))
    assert found["froc_score", "platelet"].value == 0


def test_as_the_measures_of_one_class() -> None:
    boxes = box_set(by_chance(), classes=CLASSES, clusters=None)
    found = named(ranking_metrics(boxes, n_resamples=200, seed=3))
    for code, name in enumerate(CLASSES):
        alone = average_precision(
            boxes.matches.matched(code), interpolation="coco_101", n_resamples=200, seed=3
        )
        ours = found["ap50", name]
        assert (ours.value, ours.ci_low, ours.ci_high) == (alone.value, alone.ci_low, alone.ci_high)
        froc = froc_score(boxes.matches.marks(code), n_resamples=200, seed=3)
        assert found["froc_score", name].value == pytest.approx(froc.value)
        assert found["froc_score", name].ci_low == pytest.approx(froc.ci_low)
    strict = [average_precision(one.matched(0), interpolation="coco_101", n_resamples=2).value
              for one in boxes.stricter]  # fmt: skip
    assert found["ap50_95", "cell"].value == pytest.approx(np.mean(strict))


def test_patients_are_drawn_and_not_their_images() -> None:
    """Each image four times under one patient: the interval is as wide as that of the images once."""
    once = by_chance(25)
    again = [case_ for k in range(4) for case_ in (_renamed(one, k) for one in once)]
    patients = {one.name: one.name.split("-")[0] for one in again}
    alone = named(ranking_metrics(box_set(once, classes=CLASSES, clusters=None), n_resamples=400))
    held = named(ranking_metrics(box_set(again, classes=CLASSES, clusters=patients), n_resamples=400))
    loose = named(ranking_metrics(box_set(again, classes=CLASSES, clusters=None), n_resamples=400))
    for name in ("ap50", "froc_score"):
        width = {key: m[name, None].ci_high - m[name, None].ci_low for key, m in
                 (("alone", alone), ("held", held), ("loose", loose))}  # fmt: skip
        assert width["held"] == pytest.approx(width["alone"], rel=0.25)
        assert width["loose"] < 0.7 * width["held"]
        assert held[name, None].n_clusters == 25


def _renamed(one, k):
    from dataclasses import replace

    return replace(one, name=f"{one.name}-{k}")


def test_a_class_without_a_lesion_is_undefined_and_not_in_the_mean() -> None:
    cases = [case("a", [(0, 0, 9, 0)], [(0, 0, 9, 0, 0.9)]), case("b", [(0, 0, 9, 0)], [])]
    found = named(ranking_metrics(box_set(cases, classes=CLASSES, clusters=None), n_resamples=20))
    assert (found["ap50", "platelet"].status, found["ap50", "platelet"].value) == ("undefined", None)
    assert found["ap50", None].value == found["ap50", "cell"].value
    assert found["froc_score", "platelet"].reason == "no lesion is there"


def test_curves() -> None:
    boxes = box_set(by_chance(), classes=CLASSES, clusters=None)
    curves = froc_curves(boxes, n_resamples=100)
    assert [one["class"] for one in curves] == ["cell", "platelet", None]
    for one in curves:
        assert (np.diff(one["false_per_image"]) >= 0).all()
        assert (np.diff(one["sensitivity"]) > 0).all()
        band = one["band"]
        assert len(band["low"]) == len(band["high"]) == len(band["false_per_image"])
        assert (np.array(band["low"]) <= np.array(band["high"])).all()
    alone = froc_curves(
        box_set([case("a", [(0, 0, 9, 0)], [])], classes=("cell",), clusters=None), n_resamples=9
    )
    assert [one["class"] for one in alone] == [None]
    assert alone[0]["sensitivity"] == []
