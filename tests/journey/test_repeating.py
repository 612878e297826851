"""`robustness`: added to the evidence once, resumed, and never by looking at the test part in secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import thirdeye.journey.repeating as module
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.evaluation.document import evaluation_schema
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.repeating import ROBUSTNESS_FILE, measured, robustness

pytestmark = pytest.mark.usefixtures("known_machine")


def evidence_of(study: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((study / "evaluation.json").read_text(encoding="utf-8"))
    return content


def test_a_run_answers_both_questions(finished: Path) -> None:
    evidence = evidence_of(finished / "study")
    Draft202012Validator(evaluation_schema()).validate(evidence)
    curve, seeds = evidence["robustness"]["learning_curve"], evidence["robustness"]["seeds"]
    assert curve["outcome"] in ("rising", "levelling", "flat", "undetermined")
    assert curve["points"][-1]["n_patients"] <= 30  # development patients only
    assert "frozen" in curve["technique"]
    assert seeds["source"] in ("heads", "members_excess")
    assert seeds["interval"]["name"] == "auc_seed_interval"
    assert measured(Study(finished / "study"))


def test_no_test_case_takes_part(finished: Path, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    (place / "study" / ROBUSTNESS_FILE).unlink()
    parts: list[tuple[str, ...]] = []
    original = module.gather

    def spy(study: Any, dataset: Any, plan: Any, *splits: str, **more: Any) -> Any:
        parts.append(splits)
        return original(study, dataset, plan, *splits, **more)

    monkeypatch.setattr(module, "gather", spy)
    before = Ledger(Study(place / "study")).content["test_looks"]
    robustness(place / "study", data=place / "data")
    assert parts == [("train", "validation")]
    assert Ledger(Study(place / "study")).content["test_looks"] == before


def test_a_second_call_does_nothing_again(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_measure", lambda *_: pytest.fail("measured again"))
    before = evidence_of(place / "study")
    assert robustness(place / "study").found == before["robustness"]
    assert evidence_of(place / "study") == before


def test_features_are_computed_again_where_they_are_missing(place: Path) -> None:
    study = Study(place / "study")
    known = evidence_of(study.folder)["robustness"]["learning_curve"]
    (study.path(ROBUSTNESS_FILE)).unlink()
    (study.path("runs/features.npz")).unlink()
    found = robustness(study.folder, data=place / "data", budget="30s").found["learning_curve"]
    assert study.has("runs/features.npz")
    assert found["points"][-1]["value"] == pytest.approx(known["points"][-1]["value"], abs=0.1)


def test_lost_answers_are_joined_again(
    place: Path, again: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_measure", lambda *_: pytest.fail("measured again"))
    study = Study(place / "study")
    evidence = evidence_of(study.folder)
    kept = evidence.pop("robustness")
    Ledger(study).rewrite_json("validate", "evaluation.json", evidence)
    assert not measured(study)
    again(place)
    assert evidence_of(study.folder)["robustness"] == kept
    Ledger(study).verify("validate")


def test_a_study_that_was_not_validated_is_refused(place: Path) -> None:
    ledger = Ledger(Study(place / "study"))
    ledger.forget("validate")
    with pytest.raises(StudyMismatch, match="validate"):
        robustness(place / "study")


def test_no_training_is_refused(place: Path) -> None:
    with pytest.raises(UsageError, match="got 0"):
        robustness(place / "study", seeds=0)


def test_without_torch_the_curve_is_not_measured_and_says_so(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "study" / ROBUSTNESS_FILE).unlink()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    found = robustness(place / "study", data=place / "data").found
    assert found["learning_curve"]["outcome"] == "undetermined"
    assert "needs the extra 'train'" in found["learning_curve"]["verdict"]
    Draft202012Validator(evaluation_schema()).validate(evidence_of(place / "study"))


@pytest.mark.slow
def test_whole_trainings_are_repeated_once_and_are_one_look(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(place / "study")
    looks = Ledger(study).content["test_looks"]
    with monkeypatch.context() as patch:  # killed before the first figure: counted, and not again
        patch.setattr(module, "measure_again", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            robustness(study.folder, data=place / "data", seeds=2)
    assert Ledger(study).content["test_looks"] == looks + 1
    assert not study.path("runs/seeds/1/evaluation.json").exists()
    found = robustness(study.folder, data=place / "data", seeds=2).found
    assert [one["seed"] for one in found["seeds"]["trainings"]] == [0, 1]
    assert found["seeds"]["source"] == "trainings"
    assert Ledger(study).content["test_looks"] == looks + 1
    evidence = evidence_of(study.folder)
    Draft202012Validator(evaluation_schema()).validate(evidence)
    assert evidence["test_looks"] == looks + 1
    reuse = next(audit for audit in evidence["sets"]["test"]["audits"] if audit["id"] == "test.reuse")
    assert reuse["numbers"]["looks"] == looks + 1
    assert "2 trainings with other seeds" in reuse["sentence"]
    inner, outer = study.path("runs/seeds/1/dataset.csv"), study.path("dataset.csv")
    tables = [path.read_text(encoding="utf-8").splitlines() for path in (inner, outer)]
    test_rows = [[line for line in table if ",test," in line] for table in tables]
    assert test_rows[0] == test_rows[1] != []
    assert tables[0] != tables[1]  # other folds
    assert not study.path("runs/seeds/1/runs/members").exists()
    monkeypatch.setattr("thirdeye.journey.reseeding.train", lambda *_, **__: pytest.fail("trained again"))
    assert robustness(study.folder, data=place / "data", seeds=2).found == found
    study.path(ROBUSTNESS_FILE).unlink()
    again = robustness(study.folder, data=place / "data", seeds=2).found
    assert again["seeds"]["trainings"] == found["seeds"]["trainings"]
