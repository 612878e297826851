"""`plan`: everything that is decided before training, written where the next stage finds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.errors import DataRefused, MissingExtra, UsageError
from thirdeye.journey.planning import class_counts, facts_for_rules, plan, refuse_unknown_names
from thirdeye.plan.file import plan_from_json, plan_schema

pytestmark = pytest.mark.usefixtures("known_machine")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_finished_study_holds_a_plan_and_a_fingerprint_that_fit_their_schemas(finished: Path) -> None:
    Draft202012Validator(plan_schema()).validate(read(finished / "study" / "plan.json"))
    text = resources.files("thirdeye.dataset").joinpath("schema/fingerprint.json").read_text(encoding="utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    Draft202012Validator(json.loads(text)).validate(read(finished / "study" / "fingerprint.json"))


def test_the_fingerprints_schema_knows_exactly_its_fields(finished: Path) -> None:
    text = resources.files("thirdeye.dataset").joinpath("schema/fingerprint.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert set(schema["required"]) == {"version", *Fingerprint.__dataclass_fields__}
    measured_or_said = {"images_per_s_224px", "prevalence_in_use"}
    assert set(schema["properties"]) - set(schema["required"]) == measured_or_said


def test_it_writes_four_files_and_the_ledger(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 24)
    planned = plan(data, out=tmp_path / "study", budget="5m", seed=3)
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == [
        "dataset.csv", "findings.json", "fingerprint.json", "plan.json", "provenance.json",
    ]  # fmt: skip
    assert plan_from_json(read(tmp_path / "study" / "plan.json")).values() == planned.plan.values()
    content = read(tmp_path / "study" / "provenance.json")
    assert content["seed"] == 3
    assert content["data"] | {"name": "data", "place": "../data", "root_below": "."} == content["data"]
    assert content["stages"]["plan"]["seconds"] > 0


def test_without_out_nothing_is_written(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    planned = plan(make_cases(tmp_path / "data", 24))
    assert planned.study is None
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_the_same_seed_gives_the_same_plan_and_parts(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 24)
    first, second, other = plan(data), plan(data), plan(data, seed=1)
    assert first.plan == second.plan
    assert first.dataset.rows.equals(second.dataset.rows)
    assert not first.dataset.rows["split"].equals(other.dataset.rows["split"])


def test_folds_follow_the_plan(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    planned = plan(make_cases(tmp_path / "data", 36), overrides={"folds": 3})
    folds = planned.dataset.part("train")["fold"]
    assert set(folds) == {0, 1, 2}
    assert set(planned.dataset.part("test")["fold"]) == {-1}


def test_the_rules_are_given_the_facts(
    finished: Path, make_cases: Callable[..., Path], tmp_path: Path
) -> None:
    planned = plan(make_cases(tmp_path / "data", 24))
    facts = facts_for_rules(planned.dataset, planned.fingerprint, speed=5.0, budget_s=60.0, seed=2)
    development = planned.dataset.part("train", "validation")
    assert facts.n_development == facts.n_training == len(development)
    assert facts.class_counts == dict(development["label"].value_counts())
    assert facts.fewest_groups == development.groupby("label")["kept_together"].nunique().min()
    assert facts.validation_counts == {}
    assert (facts.side_px, facts.aspect_spread, facts.colour_share) == (40, 1, 0)
    assert (facts.images_per_s, facts.budget_s, facts.seed) == (5.0, 60.0, 2)
    assert class_counts(planned.dataset, "validation") == {"healthy": 0, "malignant": 0}


def test_refused_data_leave_their_findings_behind(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    with pytest.raises(DataRefused, match="Too few patients"):
        plan(make_cases(tmp_path / "data", 6), out=tmp_path / "study")
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["findings.json"]


UNKNOWN: list[tuple[dict[str, Any], str]] = [
    ({"augmentation": "[('spin', 1.0)]"}, "no operation is called 'spin'; did you mean"),
    ({"test_time_augmentation": ("identity", "sideways")}, "made of identity, .*, got 'sideways'"),
    ({"calibration": ("magic",)}, "calibration is made of none, temperature, .* got 'magic'"),
    ({"architecture": "resnet18"}, "no architecture is called 'resnet18'"),
    ({"architecture": "efficientnet_lite1"}, "'embedded' weights or 'none', not 'hub'"),
    ({"first_layer": "sparse_autoencoder"}, "would throw away what pre-trained weights know"),
    ({"epoch": 3}, "the plan has no value 'epoch'"),
    ({"folds": 1}, "expected at least 2"),
]


@pytest.mark.parametrize(("overrides", "words"), UNKNOWN)
def test_values_that_no_later_room_knows_are_refused_before_anything_is_written(
    tmp_path: Path, make_cases: Callable[..., Path], overrides: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        plan(make_cases(tmp_path / "data", 24), out=tmp_path / "study", overrides=overrides)
    assert not (tmp_path / "study").exists()


def test_the_finished_plan_has_only_known_names(finished: Path) -> None:
    refuse_unknown_names(plan_from_json(read(finished / "study" / "plan.json")))


def test_an_architecture_without_its_library(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "timm", None)
    form = read(finished / "study" / "plan.json")
    form["values"]["architecture"]["value"] = "timm:resnet18"
    form["values"]["weights"]["value"] = "none"
    with pytest.raises(MissingExtra, match="zoo"):
        refuse_unknown_names(plan_from_json(form))
