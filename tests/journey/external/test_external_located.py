"""External validation of a reader of masks: beside the test part, leaks left out, looks counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import thirdeye
from thirdeye.cli.external_text import external_text
from thirdeye.dataset.phantoms_located import write_mask_phantoms
from thirdeye.errors import DataRefused, UsageError
from thirdeye.journey.planning import plan
from thirdeye.journey.reporting import report
from thirdeye.journey.training import train

pytestmark = pytest.mark.slow
TINY = {"rounds": 1, "width": 4, "batch_size": 2, "members": 1, "folds": 2}


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thirdeye.journey.dense.planning._speed", lambda plan: 1e6)
        patch.setattr("thirdeye.journey.dense.rivalry.LEAST_S", 0.3)
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("here")
    data = write_mask_phantoms(place / "data", cases=20, seed=3)
    plan(data, out=place / "study", budget="20s", overrides=TINY)
    train(place / "study")
    thirdeye.validate(place / "study")
    return place / "study"


@pytest.fixture(scope="module")
def elsewhere(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten new pictures, one of the study, and one without a mask."""
    data = write_mask_phantoms(tmp_path_factory.mktemp("there") / "other", cases=12, seed=99)
    own = sorted((study.parent / "data" / "images").glob("*.png"))[5]  # of another number than
    names = sorted((data / "images").glob("*.png"))
    shutil.copy(own, names[0])  # this one's patient
    (data / "masks" / names[1].name).unlink()
    return data


@pytest.fixture(scope="module")
def measured(study: Path, elsewhere: Path) -> dict[str, Any]:
    return thirdeye.validate(study, on=elsewhere, name="there").evidence


def test_the_same_evidence_under_a_name_of_its_own(measured: dict[str, Any]) -> None:
    entry, test = measured["sets"]["external:there"], measured["sets"]["test"]
    assert {m["name"] for m in entry["metrics"]} >= {"dice", "hd95_max_of_directed"}
    assert {one["kind"] for one in entry["comparisons"]} == {"traditional"}
    assert entry["n"] == entry["source"]["n"] == 10
    assert entry["source"]["n_found"] == 12
    assert entry["length_unit"] == test["length_unit"]


def test_the_best_median_and_worst_are_drawn_apart_from_those_of_the_test_part(
    study: Path, elsewhere: Path, measured: dict[str, Any]
) -> None:
    drawn = measured["sets"]["external:there"]["drawn"]
    own = {one["picture"] for one in measured["sets"]["test"]["drawn"]}
    assert {one["rank"] for one in drawn} == {"best", "median", "worst"}
    assert all((study / one["picture"]).is_file() for one in drawn)
    assert all((elsewhere / one["case"]).is_file() for one in drawn)
    assert own.isdisjoint(one["picture"] for one in drawn)
    listed = json.loads((study / "provenance.json").read_text())["stages"]["external:there"]["outputs"]
    assert {one["picture"] for one in drawn} <= set(listed)


def test_what_is_left_out_has_its_reason(study: Path, measured: dict[str, Any]) -> None:
    entry = measured["sets"]["external:there"]
    assert entry["leaks"]["checked"]
    assert entry["leaks"]["identical"] == 1
    excluded = pd.read_csv(study / "external/there/excluded.csv")
    assert sorted(excluded["reason"].str.partition(" is in")[0]) == ["no mask", "the same picture"]
    assert sum(entry["n_excluded"].values()) == 2


def test_predictions_are_kept_case_by_case(study: Path, measured: dict[str, Any]) -> None:
    table = pd.read_csv(study / "external/there/predictions.csv")
    assert set(table["split"]) == {"external:there"}
    assert set(table["source"]) == {"network", "traditional technique"}
    assert table["case"].nunique() == 10


def test_it_stands_beside_the_test_part(measured: dict[str, Any]) -> None:
    found = measured["sets"]["external:there"]["against_test"]
    gap = found["external"]["value"] - found["test"]["value"]
    assert found["measure"] == "dice"
    assert found["difference"]["value"] == pytest.approx(gap)
    assert found["difference"]["ci_low"] < gap < found["difference"]["ci_high"]
    text = external_text(measured, "external:there")
    assert found["sentence"] in text
    assert "External set 'there': 10 images" in text


def test_looks_are_counted_and_the_set_outlives_a_further_look(
    study: Path, elsewhere: Path, measured: dict[str, Any]
) -> None:
    with pytest.raises(UsageError, match="looked at 1 time already"):
        thirdeye.validate(study, on=elsewhere, name="there")
    thirdeye.validate(study, on=elsewhere, name="there", traditional=False, reason="again")
    evidence = thirdeye.validate(study, reason="once more").evidence
    entry = evidence["sets"]["external:there"]
    assert entry["looks"] == {"count": 2, "reasons": ["again"]}
    assert any("the user left it out" in warning for warning in entry["warnings"])


def test_the_report_has_a_section_of_it(study: Path, measured: dict[str, Any]) -> None:
    report(study)
    page = (study / "report.html").read_text(encoding="utf-8")
    assert "External data “there” beside the test part" in page
    assert "Structures in external data “there”" in page


def test_what_cannot_be_is_refused(study: Path, elsewhere: Path, tmp_path: Path) -> None:
    for options in ({"task": "detection"}, {"prevalence": 0.1}, {"subgroups": ["patient"]}):
        with pytest.raises(UsageError):
            thirdeye.validate(study, on=elsewhere, name="x", **options)  # type: ignore[arg-type]
    other = write_mask_phantoms(tmp_path / "named", cases=6, seed=5)
    legend = other / "masks" / "classes.csv"
    legend = legend if legend.exists() else next(other.rglob("classes.csv"))
    legend.write_text(legend.read_text().replace("bright", "sparkling"), encoding="utf-8")
    with pytest.raises(DataRefused, match="sparkling"):
        thirdeye.validate(study, on=other, name="y")
    found = thirdeye.validate(study, on=other, name="y", mapping={"bright": ["sparkling"]})
    assert found.evidence["sets"]["external:y"]["source"]["classes"]["sparkling"] == "bright"


def test_evaluation_json_keeps_to_its_schema(study: Path, measured: dict[str, Any], repository: Path) -> None:
    import jsonschema

    schema = json.loads((repository / "src/thirdeye/evaluation/schema/evaluation.json").read_text())
    jsonschema.validate(json.loads((study / "evaluation.json").read_text()), schema)
