"""What a whole run leaves beside the model, and what reading makes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import thirdeye
from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.manifest import read_manifest
from thirdeye.inference.validated import VALIDATED_FILE, read_validated
from thirdeye.journey.ledger import Ledger
from thirdeye.journey.validated.keeping import cases_of, keep_if_missing


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Study:
    return Study(Path(shutil.copytree(finished / "study", tmp_path / "study")))


def test_a_run_keeps_what_the_evidence_says_and_the_ledger_knows_it(study: Study) -> None:
    Ledger(study).verify("validate")
    form = study.read_json(VALIDATED_FILE)
    auc = next(
        one for one in study.read_json("evaluation.json")["sets"]["test"]["metrics"] if one["name"] == "auc"
    )
    assert [(one["value"], one["low"], one["part"]) for one in form["measured"]] == [
        (auc["value"], auc["ci_low"], "test")
    ]
    assert any("Conditions other than healthy, malignant" in one for one in form["unvalidated"])
    study.write_text(VALIDATED_FILE, "{}")
    with pytest.raises(StudyMismatch, match=r"validated\.json"):
        Ledger(study).verify("validate")


def test_an_opinion_carries_it_also_where_it_abstains(study: Study, finished: Path) -> None:
    (opinion,) = thirdeye.read(study.folder, finished / "data" / "images" / "case 01.png")
    assert opinion.unvalidated == tuple(study.read_json(VALIDATED_FILE)["unvalidated"])
    assert opinion.measured[0].measure == "auc"
    page = opinion._repr_html_()
    assert page is not None
    assert "What it has not been validated on" in page
    assert "data:image/png;base64," in page


def test_a_report_writes_it_where_an_earlier_version_wrote_none(study: Study) -> None:
    before = study.path(VALIDATED_FILE).read_bytes()
    study.path(VALIDATED_FILE).unlink()
    assert read_validated(study, read_manifest(study)).unvalidated == ()
    keep_if_missing(study)
    assert study.path(VALIDATED_FILE).read_bytes() == before
    Ledger(study).verify("validate")


def test_another_network_says_nothing_and_damage_is_told(study: Study) -> None:
    form = study.read_json(VALIDATED_FILE)
    study.write_json(VALIDATED_FILE, form | {"model_sha256": "0" * 64})
    assert read_validated(study, read_manifest(study)).measured == ()
    for damaged in ([], form | {"measured": [{"about": "x"}]}, form | {"version": "one"}):
        study.write_text(VALIDATED_FILE, json.dumps(damaged))
        with pytest.raises(StudyMismatch, match="damaged"):
            read_validated(study, read_manifest(study))


def test_only_cases_that_were_held_out_count() -> None:
    rows = pd.DataFrame(
        {"split": ["train", "train", "validation", "test", "excluded"], "fold": ["-1", "0", "-1", "-1", "-1"],
         "patient": list("abcde")}
    )  # fmt: skip
    assert list(cases_of(rows, "patient").rows["patient"]) == ["b", "c", "d"]
