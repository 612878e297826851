from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.readers import open_reader
from thirdeye.journey.shaped.reading import read_system
from thirdeye.recipes.recipe import Recipe
from thirdeye.recipes.registry import RECIPES


@pytest.fixture
def entered(toy: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thirdeye.journey.shaped.reading.registered", lambda name: {"toy": toy}[name])


@pytest.mark.usefixtures("entered")
def test_says_of_the_test_part_what_was_measured(toy_study: Path, numbers: Path) -> None:
    said = {one.case: one for one in read_system(toy_study, numbers)}
    table = pd.read_csv(toy_study / "predictions.csv", dtype={"patient": str})
    measured = table[(table["split"] == "test") & (table["source"] == "network")]
    assert len(said) == 150
    assert len(measured) > 15
    for _, row in measured.iterrows():
        assert said[row["patient"]].probabilities["2"] == pytest.approx(row["probability_2"], abs=2e-6)


@pytest.mark.usefixtures("entered")
def test_calls_at_the_balanced_point(toy_study: Path, numbers: Path) -> None:
    import json

    points = json.loads((toy_study / "model" / "model.json").read_text())["operating_points"]
    limit = next(one["threshold"] for one in points if one["name"] == "youden")
    for one in read_system(toy_study, numbers):
        assert one.call == ("2" if one.probabilities["2"] >= limit else "0")
        assert set(one.as_json()) == {"case", "probabilities", "call"}


def test_images_are_read_elsewhere(toy_study: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds the system toy.*thirdeye recipes read"):
        open_reader(toy_study)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.json").write_text('{"task": "binary"}')
    with pytest.raises(UsageError, match="thirdeye read STUDY FILE"):
        read_system(tmp_path, tmp_path)


def test_no_recipe_of_a_test_stays_behind() -> None:
    assert "toy" not in RECIPES.names()
