from __future__ import annotations

import pandas as pd
import pytest

from thirdeye.dataset.phantoms_located import LANDMARKS, write_point_phantoms
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.split import make_dataset
from thirdeye.errors import DataRefused
from thirdeye.journey.checking import put_on_trial
from thirdeye.journey.landmarks.facts import landmark_facts
from thirdeye.journey.landmarks.planning import landmarks_of
from thirdeye.journey.results import Checked
from thirdeye.plan.landmarks.rules import LandmarkFacts


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = write_point_phantoms(tmp_path_factory.mktemp("points"), cases=12)
    table = pd.read_csv(folder / "landmarks.csv")
    table.loc[0:39, "y"] = table.loc[0:39, "y"].where(table["landmark"] != "top", -4.8)  # 5 % above the image
    table.loc[5, "x"] = float("nan")
    table.to_csv(folder / "landmarks.csv", index=False)
    return put_on_trial(folder)


def _facts(checked: Checked, table: RegionTable) -> LandmarkFacts:
    dataset = make_dataset(checked.collection, checked.examination, seed=0, folds=0)
    return landmark_facts(dataset, table, checked.examination.facts, pixels_per_s=1e6, budget_s=60, seed=0)


def test_facts_of_phantoms(checked: Checked) -> None:
    facts = _facts(checked, landmarks_of(checked.collection))
    assert facts.names == LANDMARKS
    assert facts.sides == (96.0, 64.0)
    assert facts.channels == 1
    assert facts.beyond == pytest.approx(0.05, abs=1e-3)
    assert facts.mirror == (0, 1, 3, 2)
    assert facts.mirror_misfit < 1.5
    assert facts.n_development > facts.complete - 3


def test_a_place_that_is_no_number_is_missing(checked: Checked) -> None:
    table = landmarks_of(checked.collection)
    assert len(table.rows) == 47
    assert table.rows[["x_min", "y_min"]].notna().all(axis=None)


def test_too_few_images_are_refused(checked: Checked) -> None:
    table = landmarks_of(checked.collection)
    few = table.rows[table.rows["image"].isin(table.rows["image"].unique()[:3])]
    with pytest.raises(DataRefused, match="at least 4"):
        _facts(checked, RegionTable(few, table.names))
