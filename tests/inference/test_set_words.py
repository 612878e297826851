"""Prediction sets in sentences."""

from __future__ import annotations

from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import PredictionSet
from thirdeye.inference.set_words import set_sentences

SHARES = {"benign": 0.59, "malignant": 0.41}


def said(*sets: PredictionSet, shares: dict[str, float] = SHARES) -> list[str]:
    best = max(shares, key=lambda name: shares[name])
    return set_sentences(Opinion("x", "binary", shares, best, sets=sets))


def test_one_answer_for_all_cases_and_each_class_is_told_once() -> None:
    both = [PredictionSet(("benign",), 0.9, scope) for scope in ("each class", "all cases")]
    assert said(*both) == [
        "Only “benign” is left. Such a list holds the truth in at least 90 of 100 cases, over all cases and "
        "within each class."
    ]


def test_a_group_keeps_its_own_sentence() -> None:
    found = said(PredictionSet(("benign",), 0.9, "all cases"), PredictionSet(("benign",), 0.9, "sex: female"))
    assert [one.rpartition("cases")[2] for one in found] == [".", " (sex: female)."]


def test_a_class_that_is_left_although_another_is_more_probable_is_explained() -> None:
    each = PredictionSet(("malignant",), 0.9, "each class")
    both = PredictionSet(tuple(SHARES), 0.9, "all cases")
    assert said(each, both) == [
        "Only “malignant” is left, although “benign” is more probable (59 %): of 100 validation cases that "
        "were “benign”, at least 90 looked more like it. Such a list holds the truth in at least 90 of 100 "
        "cases of each class.",
        "Cannot be told apart: “benign” or “malignant”. Such a list holds the truth in at least 90 of 100 "
        "cases.",
    ]
    assert "although" not in said(PredictionSet(("benign",), 0.9, "each class"))[0]


def test_an_empty_set_is_a_warning() -> None:
    assert said(PredictionSet((), 0.95, "each class"))[0].startswith(
        "None: the case is unlike those of every class. Such a list holds the truth in at least 95 of 100"
    )
