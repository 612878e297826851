from __future__ import annotations

from typing import Any

import pytest

from thirdeye.report.located.measures import located_measure
from thirdeye.report.located.phrases import counted, listed
from thirdeye.report.located.tasks import WORDS, located_words
from thirdeye.report.names import TASKS, measure
from thirdeye.report.sets import EvidenceSet


def _metric(name: str, value: float, class_name: str | None = None) -> dict[str, Any]:
    return {
        "name": name, "class": class_name, "operating_point": None, "value": value, "ci_low": value - 0.1,
        "ci_high": value + 0.1, "level": 0.95, "status": "ok", "details": {},
    }  # fmt: skip


def _part(*metrics: dict[str, Any], **content: Any) -> EvidenceSet:
    return EvidenceSet("test", {"n": 12, "n_patients": 6, "metrics": list(metrics), **content}, "image")


@pytest.mark.parametrize("task", sorted(WORDS))
def test_every_located_task_asks_a_question_and_answers_it(task: str) -> None:
    words = WORDS[task]
    assert words.task == task
    assert task in TASKS
    assert words.question(("liver", "tumour")).endswith("?")
    assert "“liver” and “tumour”" in words.question(("liver", "tumour"))


def test_a_segmentation_says_how_much_was_found_and_how_much_is_right() -> None:
    part = _part(
        _metric("dice", 0.8123), _metric("pixel_sensitivity", 0.871), _metric("pixel_precision", 0.75),
        size_unit="mm3",
    )  # fmt: skip
    lead, rest = (p.text for p in WORDS["segmentation"].lead(part, ("liver", "tumour")))
    assert lead == (
        "On average the network marks 87% (95% interval 77% to 97%) of the volume that the expert marked, "
        "and 75% (95% interval 65% to 85%) of what it marks is right, averaged over 2 structures."
    )
    assert "12 images of 6 patients" in rest
    assert "0.812" in rest


def test_without_a_figure_nothing_is_claimed() -> None:
    nothing = _metric("dice", 0.5) | {"value": None, "status": "undefined", "reason": "no case marks it"}
    said = WORDS["segmentation"].lead(_part(nothing), ("liver",))[0].text
    assert "undefined (no case marks it)" in said


def test_headlines_are_in_order_and_a_single_class_stands_in_for_all() -> None:
    words = WORDS["segmentation"]
    many = _part(_metric("hd95_max_of_directed", 3.0), _metric("dice", 0.8), _metric("dice", 0.7, "a"))
    assert [m["name"] for m in words.headline_metrics(many)] == ["dice", "hd95_max_of_directed"]
    one = _part(_metric("hd95_max_of_directed", 3.0, "a"), _metric("dice", 0.8, "a"))
    main = words.main_metric(one)
    assert main is not None
    assert main["name"] == "dice"
    assert main["class"] == "a"
    assert words.main_metric(_part(_metric("auc", 0.9))) is None


def test_a_star_stands_for_every_tolerance() -> None:
    words = WORDS["segmentation"]
    assert words.is_headline("nsd_2mm")
    assert words.is_headline("nsd_2_5px")
    assert not words.is_headline("mre_mm")


def test_a_task_that_names_classes_has_no_such_words() -> None:
    assert located_words("binary") is None
    assert located_words(None) is None


@pytest.mark.parametrize(
    ("name", "title", "percent"),
    [
        ("nsd_2mm", "Border within 2 mm", True),
        ("nsd_2_5px", "Border within 2.5 px", True),
        ("sdr_2_5mm", "Points within 2.5 mm", True),
        ("sdr_0_5pct", "Points within 0.5% of the side", True),
        ("mre_mm", "Mean distance (mm)", False),
        ("mae_deg", "Mean difference (degrees)", False),
        ("hd95_max_of_directed", "HD95", False),
        ("dice_difference", "Difference in Dice", False),
    ],
)
def test_titles(name: str, title: str, percent: bool) -> None:
    assert (measure(name).title, measure(name).percent) == (title, percent)


def test_a_measure_of_classes_is_not_one_of_places() -> None:
    assert located_measure("auc") is None
    assert measure("auc").title == "AUC"


def test_names_are_listed_and_long_lists_are_counted() -> None:
    assert listed(["a"]) == "“a”"
    assert listed(["a", "b", "c"]) == "“a”, “b” and “c”"
    assert listed(list("abcd"), noun="points") == "4 points (a, b, c, …)"


def test_patients_are_named_only_where_they_repeat() -> None:
    assert counted(_part(n=6)) == "Measured on 6 images that took no part in training."
