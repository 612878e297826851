"""An opinion in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thirdeye.case.opinion import HeatMap, Opinion, Verdict
from thirdeye.case.reliance import Certainty, Frequency, PredictionSet, SimilarCase
from thirdeye.inference.opine import NOT_EXAMINED, NOT_PASSED
from thirdeye.inference.opinion_text import failure_text, opinion_text
from thirdeye.inference.opinion_words import frequency_sentence
from thirdeye.inference.reader_words import question, reader_lines
from thirdeye.inference.wording import percent, readable


def binary(value: float) -> Opinion:
    verdict = Verdict("youden", 0.42, value >= 0.42, 0.91, None, (0.86, 0.95))
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
        "  malignant: 37 %",
        "  negative at the balanced point (Youden), from 42 %: sensitivity 91 % (86 to 95) in validation",
        "  note: Small.",
    ]
    assert "  positive at" in opinion_text(binary(0.42))


def test_multiclass_names_three_and_sums_the_rest() -> None:
    shares = {"a": 0.05, "b": 0.5, "c": 0.2, "d": 0.15, "e": 0.1}
    text = opinion_text(Opinion("x", "multiclass", shares, "b"))
    assert [line.strip() for line in text.splitlines()[1:]] == [
        "b: 50 %",
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
    assert text == "x\n  NO OPINION: it is a photograph"


def test_unmeasured_operating_points_claim_nothing() -> None:
    opinion = Opinion(
        "x", "binary", {"n": 0.5, "p": 0.5}, "p", "p", (Verdict("mine", 0.3, True, None, None),)
    )
    assert opinion_text(opinion).splitlines()[-1] == "  positive at the operating point 'mine', from 30 %"


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
    ("k", "n", "patients", "said"),
    [
        (67, 180, None, "37 were labelled ill (95 % interval 31 to 44; n = 180)."),
        (67, 180, 95, "37 were labelled ill (95 % interval 31 to 44; n = 180 of 95 patients)."),
        (67, 180, 180, "37 were labelled ill (95 % interval 31 to 44; n = 180)."),
        (0, 40, None, "none was labelled ill (95 % interval 31 to 44; n = 40)."),
        (1, 100, 1, "1 was labelled ill (95 % interval 31 to 44; n = 100 of 1 patient)."),
        (1, 1000, None, "fewer than 1 was labelled ill (95 % interval 31 to 44; n = 1,000)."),
        (999, 1000, None, "more than 99 were labelled ill (95 % interval 31 to 44; n = 1,000)."),
        (50, 50, None, "100 were labelled ill (95 % interval 31 to 44; n = 50)."),
    ],
)
def test_natural_frequency(k: int, n: int, patients: int | None, said: str) -> None:
    found = Frequency("ill", n, k, 0.306, 0.444, 0.3, 0.45, patients)
    assert frequency_sentence(found) == f"Of 100 such cases in validation, {said}"


def test_everything_that_a_doctor_weighs() -> None:
    opinion = replace(
        binary(0.37),
        warnings=(),
        frequencies=(Frequency("malignant", 180, 67, 0.306, 0.444, 0.3, 0.45),),
        sets=(
            PredictionSet(("benign", "malignant"), 0.9, "all cases"),
            PredictionSet((), 0.9, "sex: female"),
        ),
        certainty=Certainty("members", 0.4, 0.34, True, "the networks disagree."),
        similar=(
            SimilarCase("c7", "c7.png", "benign", 0.981, True),
            SimilarCase("c9", "c9.png", "malignant", 0.9),
        ),
        levels={"group": {"tumour": 0.8, "other": 0.2}, "diagnosis": {"benign": 0.63, "malignant": 0.37}},
    )
    said = " ".join(opinion_text(opinion).split())
    for sentence in (
        "DEFERRED. Left to you alone: the networks disagree.",
        "37 were labelled malignant (95 % interval 31 to 44; n = 180). “Such” are those read between",
        "group: tumour 80 %",
        "Answers left: Cannot be told apart: “benign” or “malignant”. Such a list holds the truth in at least"
        " 90 of 100 cases.",
        "Answers left: None: the case is unlike those of every class. Such a list holds the truth in at least"
        " 90 of 100 cases (sex: female).",
        "Surer than in 34 of 100 validation cases (by agreement of its networks).",
        "alike: 1 benign and 1 malignant.",
        "against malignant: c7 (benign, similarity 0.98, may be the very same image)",
    ):
        assert sentence in said
    assert all(len(line) <= 110 for line in opinion_text(opinion).split("\n"))


def test_what_a_heat_map_failed_is_not_told_where_none_is_shown() -> None:
    assert "heat map" not in opinion_text(replace(binary(0.37), warnings=(NOT_PASSED, NOT_EXAMINED)))
    failed = replace(binary(0.37), heat_map=HeatMap(np.ones((2, 2), np.float32), "cam", "malignant", False))
    assert f"  {NOT_PASSED}" in reader_lines(failed)


def test_a_past_case_of_unknown_outcome_speaks_neither_for_nor_against() -> None:
    opinion = replace(
        binary(0.37),
        similar=(
            SimilarCase("c7", "c7.png", "benign", 0.98, rank=1),
            SimilarCase("old/3", "3.png", "", 0.9, rank=2, archive="old"),
        ),
    )
    said = opinion_text(opinion)
    assert "of 1" not in said
    assert "alike: 1 benign and 1 of unknown outcome." in said
    assert "    against malignant: c7 (benign, similarity 0.98)\n" in said
    assert "    outcome unknown: old/3 (similarity 0.90)" in said


@pytest.mark.parametrize(
    ("task", "names", "positive", "said"),
    [
        ("binary", ("benign", "malignant"), "malignant", "Tells malignant from benign"),
        ("multiclass", ("a", "b", "c"), None, "Tells apart a, b and c"),
        ("landmarks", tuple("abcdefghijklmn"), None, "Finds 14 points"),
        ("multiclass", tuple("abcdefghijklmn"), None,
         "Tells apart a, b, c, d, e, f, g, h, i, j, k, l and 2 more"),
        ("segmentation", ("polyp",), None, "Marks polyp"),
    ],
)  # fmt: skip
def test_what_a_reader_is_asked(task: str, names: tuple[str, ...], positive: str | None, said: str) -> None:
    assert question(task, names, positive=positive) == said


def test_a_file_that_could_not_be_read_is_named_once() -> None:
    assert failure_text("a/scan.png", "scan.png: is empty") == "a/scan.png\n  could not be read: is empty\n"
    assert failure_text("scan.png", "the machine is full").endswith(
        "could not be read: the machine is full\n"
    )


def test_names_cannot_play_with_the_terminal() -> None:
    shown = readable("a\nb\x1b[31m\u202egnp.exe\udcff é")
    assert shown.isprintable()
    assert shown.endswith(" é")
