"""Several questions asked of one label: what is understood, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.open import open_collection
from thirdeye.intake.questions import Question, answered, parse_questions

ASKED = "referable=moderate, severe ; worst = severe"


def folders(place: Path, kinds: tuple[str, ...] = ("none", "mild", "moderate", "severe")) -> Path:
    for kind in kinds:
        (place / kind).mkdir()
        for number in range(3):
            pixels = np.random.default_rng(number).integers(0, 255, (16, 16)).astype(np.uint8)
            Image.fromarray(pixels).save(place / kind / f"{kind}{number}.png")
    return place


def test_questions_are_read_in_their_order() -> None:
    assert parse_questions(ASKED) == (
        Question("referable", (("", "moderate"), ("", "severe"))), Question("worst", (("", "severe"),)),
    )  # fmt: skip
    assert parse_questions("a=x;b=y, swelling : yes ,z")[1] == Question(
        "b", (("", "y"), ("swelling", "yes"), ("", "z"))
    )
    assert parse_questions(None) == parse_questions(" ") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a;b=c", "what counts as yes"), ("a=;b=c", "what counts as yes"), ("=c;b=d", "what counts as yes"),
        ("a|b=c;d=e", "what counts as yes"), ("a=b;a=c", "asks 'a' twice"),
        ("a=b", "for one question say --merge"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        parse_questions(text)


def test_one_label_answers_several_questions() -> None:
    questions = parse_questions(ASKED)
    assert answered(questions, ["none", "moderate", "severe"]) == ("", "referable", "referable|worst")
    with pytest.raises(UsageError, match="there is no 'moderate' among the labels; there are none, severe"):
        answered(questions, ["none", "severe"])
    with pytest.raises(UsageError, match="no table with a column 'swelling'"):
        answered(parse_questions("a=x;b=swelling:yes"), ["x"])


def test_folders_answer_questions_too(tmp_path: Path) -> None:
    found = open_collection(folders(tmp_path), questions=ASKED)
    assert (found.task, found.classes, found.positive) == ("multilabel", ("referable", "worst"), None)
    by_image = dict(zip(found.rows["image"], found.rows["label"], strict=True))
    assert by_image["mild/mild0.png"] == ""
    assert by_image["severe/severe1.png"] == "referable|worst"


def test_a_question_that_all_answer_alike_teaches_nothing(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="'any': the answer is yes for every case"):
        open_collection(folders(tmp_path), questions="any=none,mild,moderate,severe;worst=severe")


def test_merging_and_questions_exclude_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--merge and --questions"):
        open_collection(folders(tmp_path), questions=ASKED, merge="ill=moderate,severe")
    with pytest.raises(UsageError, match="no 'binary' task"):
        open_collection(tmp_path, questions=ASKED, task="binary")
