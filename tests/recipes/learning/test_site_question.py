"""Two classes, or one finding among several."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.open import open_collection
from thirdeye.recipes.learning.site_films import open_films
from thirdeye.recipes.learning.site_question import asked, question_of

VALUES = {"sites": (), "image_size_px": 32}


def data(folder: Path, labels: list[str]) -> Path:
    rng, rows = np.random.default_rng(0), []
    for number, label in enumerate(labels):
        Image.fromarray(rng.integers(0, 255, (40, 40), dtype=np.uint8)).save(folder / f"f{number:02d}.png")
        rows.append((f"f{number:02d}.png", f"p{number:02d}", ("north", "south")[number % 2], label))
    columns = ["image", "patient", "hospital", "label"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "films.csv", index=False)
    return folder


MANY = ["Pneumonia|Effusion", "No Finding", "Effusion", "Pneumonia", "No Finding", "Nodule"] * 4


def test_pneumonia_is_the_question_unless_another_is_named(tmp_path: Path) -> None:
    cases = open_films(data(tmp_path, MANY), VALUES, {"site_column": "hospital"})
    assert (cases.task, cases.classes, cases.positive) == (
        "binary",
        ("no Pneumonia", "Pneumonia"),
        "Pneumonia",
    )
    assert cases.inputs["findings"] == ["Effusion", "Nodule", "Pneumonia"]
    assert len(cases.rows) == len(MANY), "films without any finding stay"
    assert cases.arrays["findings"].sum(axis=0).tolist() == [8, 4, 8]
    assert list(cases.rows["label"][:3]) == ["Pneumonia", "no Pneumonia", "no Pneumonia"]
    assert any(
        "learns 3 findings; the question is Pneumonia, beside Effusion, Nodule" in s for s in cases.understood
    )
    other = open_films(tmp_path, VALUES, {"site_column": "hospital", "positive": "nodule"})
    assert other.positive == "Nodule"
    assert (other.labels == 1).sum() == 4
    part = other.at(np.array([1, 5]))
    assert part.arrays["findings"].tolist() == [[0, 0, 0], [0, 1, 0]]


def test_a_question_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--positive with one of Effusion, Nodule"):
        open_films(
            data(tmp_path, ["Effusion|Nodule", "Nodule", "No Finding"] * 4),
            VALUES,
            {"site_column": "hospital"},
        )


def test_grades_are_no_question(tmp_path: Path) -> None:
    found = open_collection(data(tmp_path, ["a", "b", "c"] * 6))
    with pytest.raises(DataRefused, match="these are multiclass"):
        question_of(found, None)


def test_two_classes_stay_as_they_are(tmp_path: Path) -> None:
    found = open_collection(data(tmp_path, ["ill", "well"] * 6), positive="ill")
    question = question_of(found, "ill")
    assert (question.classes, question.positive, question.findings) == (("well", "ill"), "ill", ())
    rows, table = asked(found.rows, question)
    assert table is None
    assert rows is found.rows
