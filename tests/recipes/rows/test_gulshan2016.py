"""Ten networks, two operating points, and votes that are counted question by question, or after merging."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thirdeye.intake.open import open_collection
from thirdeye.plan.lineup import seats
from thirdeye.plan.plan import Plan
from thirdeye.recipes.fixtures import eyes
from thirdeye.recipes.rows.gulshan2016 import ASKED, QUESTIONS, RECIPE, REFERABLE, SINGLE

CLASSES = ("not referable", "referable")


def count(**values: object) -> int:
    class Some:
        architecture, weights, networks = "a", "none", ()
        copies = values["copies"]

    return len(seats(Some(), int(str(values["folds"]))))  # type: ignore[arg-type]


def test_ten_networks_are_trained_and_five_with_the_switch() -> None:
    ten, one = RECIPE.published(CLASSES), RECIPE.published(CLASSES, [SINGLE])
    assert count(folds=ten["folds"].value, copies=ten["copies"].value) == 10
    assert count(folds=one["folds"].value, copies=one["copies"].value) == 5
    small = RECIPE.fixture.overrides
    assert count(folds=small["folds"], copies=small["copies"]) == 10


def test_two_points_are_fixed_beside_the_usual_ones() -> None:
    assert RECIPE.published(CLASSES)["points"].value == ("sensitivity:0.97", "specificity:0.98")


def test_every_value_is_one_of_the_plans() -> None:
    assert set(RECIPE.published(CLASSES, lighter=True)) <= set(Plan.__dataclass_fields__)


def test_votes_are_counted_after_merging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyes, "PATIENTS", {"train": 20, "test": 10})
    assert RECIPE.fixture.write is not None
    data = RECIPE.fixture.write(tmp_path, 0)
    found = open_collection(data, positive="referable", merge=REFERABLE)
    votes = pd.read_csv(data / "eyes.csv", keep_default_na=False)
    graded = votes[[name for name in votes if name.startswith("grader_")]]
    most = graded.isin(["moderate", "severe"]).sum(axis=1) > 2
    assert found.classes == CLASSES
    assert len(found.rows) == len(votes), "five votes of two kinds are never tied"
    assert dict(zip(found.rows["image"], found.rows["label"] == "referable", strict=True)) == dict(
        zip(votes["image"], most, strict=True)
    )


def test_five_questions_are_asked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is decided by the votes of five; referable is moderate or worse, or a swollen macula."""
    monkeypatch.setattr(eyes, "PATIENTS", {"train": 20, "test": 10})
    assert RECIPE.fixture.write is not None
    data = RECIPE.fixture.write(tmp_path, 0)
    found = open_collection(data, **RECIPE.fixture.options)
    votes = pd.read_csv(data / "eyes.csv", keep_default_na=False).set_index("image")
    assert RECIPE.fixture.options == {"questions": QUESTIONS}
    assert (found.task, found.classes) == ("multilabel", ASKED)
    assert len(found.rows) == len(votes)
    who = [f"grader_{number + 1}" for number in range(eyes.GRADERS)]
    referable = {
        image: sum(row[one] in ("moderate", "severe") or row[f"{one}_oedema"] == "yes" for one in who) > 2
        for image, row in votes.iterrows()
    }
    clear = {
        image: sum(row[f"{one}_gradable"] == "yes" for one in who) > 2 for image, row in votes.iterrows()
    }
    for image, label in zip(found.rows["image"], found.rows["label"], strict=True):
        held = label.split("|")
        assert ("referable" in held) is referable[image]
        assert ("gradable" in held) is clear[image]
        assert "severe or worse" not in held or "moderate or worse" in held
        assert "macular oedema" not in held or "referable" in held
    assert not any(name.startswith("grader") for name in found.rows)
