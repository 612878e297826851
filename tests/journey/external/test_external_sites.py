"""External validation between hospitals: computed phantoms, and real films."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.dataset.phantoms import write_phantoms
from thirdeye.journey.results import Validated
from thirdeye.journey.running import run
from thirdeye.journey.validating import validate

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("known_machine", "quick_report")]
SMALL = {"image_size_px": 32, "epochs": 1, "folds": 2}


@pytest.fixture
def quick_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """No report: this is about figures."""
    monkeypatch.setattr("thirdeye.journey.running.report", lambda *_, **__: None)


def without_sites(folder: Path, site: str) -> Path:
    """A table of the cases of one hospital beside the table of all."""
    table = pd.read_csv(folder / "cases.csv", dtype=str, keep_default_na=False)
    column = next(name for name in table.columns if (table[name] == site).any())
    path = folder / f"{site}.csv"
    table[table[column] == site].to_csv(path, index=False)
    return path


def test_phantoms_of_the_other_hospital(tmp_path: Path) -> None:
    write_phantoms(tmp_path / "data", patients=80, seed=4)
    own = without_sites(tmp_path / "data", "hospital-a")
    other = without_sites(tmp_path / "data", "hospital-b")
    run(own, tmp_path / "study", budget="1h", overrides=SMALL)
    found = validate(tmp_path / "study", on=other, traditional=False)
    entry = found.evidence["sets"]["external:hospital-b"]
    assert entry["n"] == len(pd.read_csv(other))
    assert entry["leaks"]["identical"] == entry["leaks"]["near_duplicates"] == 0
    assert found.metric("auc", part="external:hospital-b")["value"] is not None
    assert {one["name"] for one in entry["shift"]["covariates"]} >= {"age", "sex", "height_px"}
    assert entry["shift"]["domain"]["verdict"].startswith(
        "Not asked"
    )  # fewer than 20 images in the test part


@pytest.mark.data
def test_real_films_and_their_small_copies(shared_data: Path, tmp_path: Path) -> None:
    """A study of children's films, and PneumoniaMNIST, which holds small copies of films of that source."""
    films = shared_data / "chest_xray_pneumonia_pediatric"
    table = pd.read_csv(films / "items.csv", dtype=str)
    few = table.groupby(["label", "suggested_split"]).head(40)
    few.assign(path=[str((films / path).resolve()) for path in few["path"]]).to_csv(
        tmp_path / "films.csv", index=False
    )
    run(tmp_path / "films.csv", tmp_path / "study", budget="1h", overrides=SMALL)
    on = shared_data / "medmnist" / "pneumoniamnist.npz"
    found = validate(tmp_path / "study", on=on, part="validation", traditional=False)
    entry = found.evidence["sets"]["external:pneumoniamnist"]
    assert entry["source"]["classes"] == {"normal": "NORMAL", "pneumonia": "PNEUMONIA"}
    assert entry["n"] + sum(entry["n_excluded"].values()) == 524
    assert entry["leaks"]["near_duplicates"] > 0  # the same films, 28 pixels small
    area = found.metric("auc", part="external:pneumoniamnist")
    assert 0.5 < area["ci_low"] < area["value"] < area["ci_high"] <= 1


def test_mapping_many_classes_to_two(finished: Path, tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    """Three classes elsewhere, two of which mean one of the reader's."""
    data = make_cases(tmp_path / "third", 30, seed=11)
    table = pd.read_csv(data / "cases.csv")
    ill = table["label"] == "malignant"
    table.loc[ill, "label"] = ["ductal", "lobular"] * (int(ill.sum()) // 2) + ["ductal"] * (
        int(ill.sum()) % 2
    )
    table.to_csv(data / "cases.csv", index=False)
    study = Path(shutil.copytree(finished, tmp_path / "place")) / "study"
    found: Validated = validate(
        study, on=data, name="third", mapping={"malignant": ["Ductal", "lobular"]}, traditional=False
    )
    counts = found.evidence["sets"]["external:third"]["n_by_class"]
    assert counts == {"healthy": 15, "malignant": 15}
