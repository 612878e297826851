"""Which columns tell groups apart, and that they reach the evidence of a real run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.journey.subgroups import grouping_columns, join_subgroups
from thirdeye.journey.validating import validate


@pytest.fixture
def rows() -> pd.DataFrame:
    n = 120
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "image": [f"{i}.png" for i in range(n)],
            "case": [f"{i}.png" for i in range(n)],
            "patient": [f"p{i}" for i in range(n)],
            "label": rng.choice(["ill", "well"], n),
            "split": "test",
            "fold": -1,
            "excluded_because": "",
            "kept_together": [f"p{i}" for i in range(n)],
            "site": rng.choice(["north", "south"], n),
            "sex": rng.choice(["F", "M", ""], n),
            "published_split": rng.choice(["train", "test"], n),
        }
    )


def test_the_labels_own_columns_are_no_groups() -> None:
    """Of a table with a column of 0 and 1 for each finding; a column of that form beside them is a group."""
    rows = pd.DataFrame(
        {
            "image": ["a", "b", "c", "d"], "label": ["Oedema", "Oedema|Mass", "", "Mass"],
            "Oedema": ["1", "1", "0", "0"], "Mass": ["0", "1", "0", "1"], "portable": ["0", "1", "1", "0"],
        }
    )  # fmt: skip
    assert list(grouping_columns(rows)) == ["portable"]
    assert list(grouping_columns(rows.assign(Mass=["1", "1", "0", "0"]))) == ["Mass", "portable"]


def test_bookkeeping_is_no_group(rows: pd.DataFrame) -> None:
    assert list(grouping_columns(rows)) == ["site", "sex"]
    assert list(grouping_columns(rows, ["sex"])) == ["sex", "site"]


def test_a_column_is_not_judged_twice(rows: pd.DataFrame) -> None:
    copied = rows.assign(hospital=rows["site"])
    assert list(grouping_columns(copied)) == ["sex", "hospital"]
    assert list(grouping_columns(copied, ["site"])) == ["site", "sex", "hospital"]


@pytest.mark.parametrize("name", ["label", "split", "patient", "colour"])
def test_other_columns_are_refused(rows: pd.DataFrame, name: str) -> None:
    with pytest.raises(UsageError, match=f"--subgroup {name}"):
        grouping_columns(rows, [name])


def test_joined_into_an_entry(rows: pd.DataFrame) -> None:
    truth = (rows["label"] == "ill").to_numpy().astype(int)
    scores = np.clip(0.3 * truth + np.random.default_rng(1).random(120) * 0.7, 0, 1)
    common = {
        "labels": truth,
        "classes": ["well", "ill"],
        "task": "binary",
        "positive": "ill",
        "clusters": rows["patient"].to_numpy(),
    }
    probabilities = np.column_stack([1 - scores, scores])
    entry = evaluate_set(
        **common, probabilities=probabilities, unit="image", operating_points=[], excluded={}, n_resamples=50
    )
    join_subgroups(entry, common, rows, probabilities=probabilities, points=[])
    assert [one["column"] for one in entry["subgroups"]] == ["sex", "site"]
    assert entry["subgroup_tests"]["performance"]["tests"] > 0
    assert [one["column"] for one in entry["within_site"]] == ["site"]
    json.dumps(entry, allow_nan=False)


def test_a_run_without_any_column_says_so(finished: Path) -> None:
    written = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    test = written["sets"]["test"]
    assert test["subgroups"] == []
    assert test["subgroup_tests"]["performance"]["tests"] == 0
    assert "too few" in test["strata"]["verdict"] or test["strata"]["groups"]
    assert "Subgroups and fairness" in (finished / "study" / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("known_machine")
def test_an_unknown_column_is_refused_before_a_look_is_spent(finished: Path, tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(finished / "study", study)
    before = (study / "evaluation.json").read_bytes(), (study / "provenance.json").read_bytes()
    with pytest.raises(UsageError, match="--subgroup colour"):
        validate(study, data=finished / "data", reason="another group", subgroups=["colour"])
    assert ((study / "evaluation.json").read_bytes(), (study / "provenance.json").read_bytes()) == before
