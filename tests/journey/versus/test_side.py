"""A study as one side of a comparison."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.journey.versus.side import common_images, open_side

PLAN = {"classes": ["a", "b"]}


def rows(*cases: str) -> pd.DataFrame:
    return pd.DataFrame({"case": cases})


def test_a_validated_study_is_opened(finished):
    found = open_side(finished / "study")
    assert (found.name, found.task) == ("study", "binary")
    assert set(found.predictions["split"]) == {"test"}
    assert len(found.said("network")) == len(found.dataset.part("test"))
    assert open_side(finished / "study", name="ours").name == "ours"


def test_edited_predictions_are_refused(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "copy", dirs_exist_ok=True)
    table = tmp_path / "copy" / "study" / "predictions.csv"
    table.write_text(table.read_text().replace("0.", "0.9", 1))
    with pytest.raises(StudyMismatch):
        open_side(tmp_path / "copy" / "study")


def test_images_of_both_test_parts_in_the_order_of_the_first(side):
    found = common_images(side("a", rows("z", "y", "x"), PLAN), side("b", rows("x", "z"), PLAN))
    assert found == ["z", "x"]


@pytest.mark.parametrize("learning", ["first", "second"])
def test_what_one_learnt_from_is_no_test_of_the_other(side, learning):
    fair, unfair = side("a", rows("x", "y"), PLAN), side("b", rows("z"), PLAN, learnt=("y",))
    pair = (unfair, fair) if learning == "first" else (fair, unfair)
    with pytest.raises(StudyMismatch, match="1 images of one test part were learnt from by the b"):
        common_images(*pair)


def test_other_data_are_refused(side):
    with pytest.raises(StudyMismatch, match="no test image in common"):
        common_images(side("a", rows("x"), PLAN), side("b", rows("z"), PLAN))
