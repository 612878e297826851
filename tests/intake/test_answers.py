"""Questions answered from columns, and by the majority of those who answered each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import UsageError
from thirdeye.intake.answers import NO_TO_ALL, answers_of
from thirdeye.intake.label_columns import find_labels
from thirdeye.intake.open import open_collection
from thirdeye.intake.options import Options
from thirdeye.intake.questions import parse_questions

QUESTIONS = "referable=moderate,severe,oedema:1;severe=severe;oedema=oedema:1"
GRADES = {
    "grader_1": ["moderate", "none", "severe", "mild", "", "severe"],
    "grader_2": ["severe", "none", "severe", "mild", "", "mild"],
    "grader_3": ["none", "mild", "severe", "none", "", ""],
}
SWELLING = {
    "grader_1_oedema": ["0", "0", "1", "1", "", "0"],
    "grader_2_oedema": ["0", "0", "1", "1", "", "0"],
    "Oedema Grader 3": ["0", "0", "0", "0", "", "0"],
}
READERS = {"grader_1": "grader_1", "grader_2": "grader_2", "grader_3": "grader_3"}


def table() -> pd.DataFrame:
    return pd.DataFrame({**GRADES, **SWELLING}, dtype=object)


def test_each_question_is_counted_by_itself() -> None:
    found = answers_of(table(), parse_questions(QUESTIONS), None, READERS)
    # 0: two of three say moderate or worse, one severe. 3: mild, but two see swelling. 5: a draw.
    assert found.values[:4] == ("referable", "", "referable|severe|oedema", "referable|oedema")
    assert found.tied == (5,)
    assert found.unknown == (4,)
    assert found.by_annotator["grader_1"] == (
        "referable", NO_TO_ALL, "referable|severe|oedema", "referable|oedema", "", "referable|severe",
    )  # fmt: skip
    assert found.by_annotator["grader_3"][:2] == (NO_TO_ALL, NO_TO_ALL)
    assert found.by_annotator["grader_3"][5] == ""  # no grade, so severe is not answered
    assert set(found.columns) == {*GRADES, *SWELLING}


def test_a_yes_needs_no_further_column() -> None:
    """Severe is referable whatever is known of swelling; mild without a word on swelling is not."""
    one = pd.DataFrame({"grade": ["severe", "mild", ""], "oedema": ["", "", "0"]}, dtype=object)
    found = answers_of(one, parse_questions("referable=severe,oedema:0;mild=mild"), "grade", {})
    assert found.values == ("referable", "mild", "referable")
    assert found.unknown == (1, 2)
    assert found.by_annotator == {}


def test_a_column_that_all_share(tmp_path: Path) -> None:
    shared = table().drop(columns=list(SWELLING)).assign(oedema=["1", "0", "0", "0", "0", "0"])
    found = answers_of(shared, parse_questions(QUESTIONS), None, READERS)
    assert found.values[0] == "referable|oedema"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("a=severe;b=sight:0", "no column is called 'sight' or grader_1_sight"),
        ("a=severe;b=worst", "there is no 'worst' among the labels; there are mild, moderate"),
        ("a=severe;b=oedema:yes", "there is no 'yes' in the column 'oedema'; there are 0, 1"),
    ],
)
def test_what_is_not_there_is_refused(asked: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        answers_of(table(), parse_questions(asked), None, READERS)


def test_the_label_is_found_as_without_questions() -> None:
    graded = pd.DataFrame({"diagnosis": ["a", "b", "c"], "age": ["1", "2", "3"]}, dtype=object)
    found = find_labels(graded, set(), Options(questions="x=a,b;y=b"))
    assert found is not None
    assert (found.values, found.class_order, found.task) == (("x", "x|y", ""), ("x", "y"), "multilabel")
    named = find_labels(graded, set(), Options(questions="x=1;y=2,3", label_column="age"))
    assert named is not None
    assert named.values == ("x", "y", "y")
    with pytest.raises(UsageError, match="no column is recognised as the label"):
        find_labels(graded[["age"]], set(), Options(questions="x=1;y=2"))
    with pytest.raises(UsageError, match="--label-column names several"):
        find_labels(graded, set(), Options(questions="x=1;y=2", label_column="age,diagnosis"))
    with pytest.raises(UsageError, match="no column is called 'stage'"):
        find_labels(graded, set(), Options(questions="x=1;y=2", label_column="stage"))


def test_rows_without_all_answers_are_left_out_and_the_answers_are_no_variables(tmp_path: Path) -> None:
    rows = table().assign(image=[f"{number}.png" for number in range(6)], age=["50"] * 6)
    for name in rows["image"]:
        Image.new("RGB", (16, 16)).save(tmp_path / name)
    rows.to_csv(tmp_path / "eyes.csv", index=False)
    found = open_collection(tmp_path, questions=QUESTIONS, patient_is_image=True)
    assert found.classes == ("referable", "severe", "oedema")
    assert list(found.rows["label"]) == ["referable", "", "referable|severe|oedema", "referable|oedema"]
    assert found.leftovers["label_tied"] == ("5.png",)
    assert found.leftovers["row_without_label"] == ("4.png",)
    assert "age" in found.rows
    assert not {*GRADES, *SWELLING} & set(found.rows)
    assert any("3 questions answered by the majority of 3 annotators" in one for one in found.understood)
