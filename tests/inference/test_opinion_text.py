"""An opinion in words."""

from __future__ import annotations

import pytest

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.inference.opinion_text import natural_frequency, opinion_text, percent, readable


def binary(value: float) -> Opinion:
    verdict = Verdict("youden", 0.42, value >= 0.42, 0.91, 0.84)
    return Opinion(
        "scan.png",
        "binary",
        {"benign": 1 - value, "malignant": value},
        "benign",
        "malignant",
        (verdict,),
        warnings=("Small.",),
    )


def test_binary() -> None:
    assert opinion_text(binary(0.37)).splitlines() == [
        "scan.png",
        "  malignant: 37 % (of 100 cases read like this, about 37 are malignant)",
        "  negative at the balanced point (Youden), threshold 42 %"
        " (there, on validation cases: sensitivity 91 %, specificity 84 %)",
        "  note: Small.",
    ]
    assert "  positive at" in opinion_text(binary(0.42))


def test_multiclass_names_three_and_sums_the_rest() -> None:
    shares = {"a": 0.05, "b": 0.5, "c": 0.2, "d": 0.15, "e": 0.1}
    text = opinion_text(Opinion("x", "multiclass", shares, "b"))
    assert [line.strip() for line in text.splitlines()[1:]] == [
        "b: 50 % (of 100 cases read like this, about 50 are b)",
        "c: 20 %",
        "d: 15 %",
        "2 others together: 15 %",
    ]


def test_multilabel_with_and_without_labels() -> None:
    assert "above one half: a, b" in opinion_text(
        Opinion("x", "multilabel", {"a": 0.9, "b": 0.6, "c": 0.1}, "a|b")
    )
    assert "above one half: none" in opinion_text(Opinion("x", "multilabel", {"a": 0.2}, ""))


def test_abstention() -> None:
    text = opinion_text(Opinion("x", "binary", {}, positive="p", abstained="it is a photograph"))
    assert text == "x\n  no opinion: it is a photograph"


def test_unmeasured_operating_points_claim_nothing() -> None:
    opinion = Opinion(
        "x", "binary", {"n": 0.5, "p": 0.5}, "p", "p", (Verdict("mine", 0.3, True, None, None),)
    )
    assert (
        opinion_text(opinion).splitlines()[-1] == "  positive at the operating point 'mine', threshold 30 %"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.001, "below 1 %"),
        (0.999, "above 99 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.126, "13 %"),
        (0.0101, "1 %"),
    ],
)
def test_percent_is_never_rounded_to_certainty(value: float, said: str) -> None:
    assert percent(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0001, "fewer than 1 is ill"),
        (0.01, "about 1 is ill"),
        (0.02, "about 2 are ill"),
        (0.9999, "more than 99 are ill"),
    ],
)
def test_natural_frequency(value: float, said: str) -> None:
    assert natural_frequency(value, "ill") == f"of 100 cases read like this, {said}"


def test_names_cannot_play_with_the_terminal() -> None:
    shown = readable("a\nb\x1b[31m\u202egnp.exe\udcff é")
    assert shown.isprintable()
    assert shown.endswith(" é")
