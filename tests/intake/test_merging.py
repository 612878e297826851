"""Labels that the user takes as one, before graders are counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import UsageError
from thirdeye.intake.label_columns import find_labels
from thirdeye.intake.merging import merged, parse_merge, refuse_unused
from thirdeye.intake.open import open_collection
from thirdeye.intake.options import Options

MERGE = "referable=moderate,severe; fine = none, mild"


def test_labels_get_the_name_that_they_are_sent_to() -> None:
    mapping = parse_merge(MERGE)
    assert mapping == {"moderate": "referable", "severe": "referable", "none": "fine", "mild": "fine"}
    assert merged(["mild", "severe", "other", ""], mapping) == ("fine", "referable", "other", "")
    assert parse_merge(None) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("referable", "should say which labels"),
        ("=a,b", "should say which labels"),
        ("x=", "should say which labels"),
        ("x=a;y=a", "'a' to 'x' and to 'y'"),
        ("x=y;y=a", "'y' is a new name"),
        ("a=b;b=a", "is a new name"),
    ],
)
def test_what_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_merge(text)


def test_a_name_that_nothing_has_is_quoted() -> None:
    refuse_unused(["fine", "referable"], parse_merge(MERGE))
    with pytest.raises(UsageError, match=r"no label is called moderate, severe; the labels are a, b"):
        refuse_unused(["a", "b"], parse_merge("x=moderate,severe"))


def test_graders_are_counted_after_merging() -> None:
    votes = pd.DataFrame(
        {
            "grader_1": ["moderate", "mild", "severe", "none"],
            "grader_2": ["severe", "none", "moderate", "mild"],
            "grader_3": ["none", "none", "moderate", "mild"],
        }
    )
    apart = find_labels(votes, set(), Options())
    together = find_labels(votes, set(), Options(merge=MERGE))
    assert apart is not None
    assert apart.values == ("", "none", "moderate", "mild")
    assert together is not None
    assert together.values == ("referable", "fine", "referable", "fine")
    assert together.by_annotator["grader_1"] == together.values


def test_folders_are_merged_too(tmp_path: Path) -> None:
    for kind in ("none", "mild", "moderate", "severe"):
        (tmp_path / kind).mkdir()
        for number in range(3):
            pixels = np.random.default_rng(number).integers(0, 255, (16, 16)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / kind / f"{kind}{number}.png")
    found = open_collection(tmp_path, merge=MERGE, positive="referable")
    assert (found.task, found.classes) == ("binary", ("fine", "referable"))
