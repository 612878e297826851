"""Audits that look beyond labels and probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.journey.auditing import date_of_rows, shifted_use
from thirdeye.journey.material import Material, read_plan
from thirdeye.journey.scoring import Scored


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("study_date", ["2024-01-02", "2024-01-01", "2024-03-01"], True),
        ("StudyDate", ["20240102", "20240101", "20240301"], True),
        ("date", ["2024-01-01"] * 3, False),  # one day only
        ("date", ["1", "2", "3"], False),
        ("birth_date", ["1950-01-01", "1960-01-01", "1970-01-01"], False),
        ("updated", ["2024-01-02", "2024-01-01", "2024-03-01"], False),
    ],
)
def test_only_columns_of_dates_are_taken_for_dates(name: str, values: list[str], found: bool) -> None:
    times = date_of_rows(pd.DataFrame({"image": list("abc"), name: values}))
    assert (times is not None) is found
    if times is not None:
        assert list(np.argsort(times)) == [1, 0, 2]


def test_a_few_missing_dates_are_left_out() -> None:
    dates = [f"2024-01-{day:02d}" for day in range(1, 30)] + [""]
    times = date_of_rows(pd.DataFrame({"date": dates}))
    assert times is not None
    assert np.isnan(times[-1])
    assert date_of_rows(pd.DataFrame({"date": dates[:3] + [""] * 3})) is None


def test_a_run_carries_its_audits(finished: Path) -> None:
    evidence = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    test = evidence["sets"]["test"]
    ids = {audit["id"] for audit in test["audits"]}
    assert {"events", "test.reuse", "refstd"} <= ids
    said = {audit["sentence"]: audit["severity"] for audit in test["audits"]}
    assert all(said[sentence] != "info" for sentence in test["warnings"] if sentence in said)


@pytest.mark.parametrize(("stated", "given"), [(0.01, (0.01,)), (0.5, ()), (None, ())])
def test_a_stated_prevalence_counts_where_it_is_not_that_of_the_set(
    place: Path, stated: float | None, given: tuple[float, ...]
) -> None:
    study = Study(place / "study")
    in_use = {} if stated is None else {"prevalence_in_use": {"malignant": stated}}
    study.write_json("fingerprint.json", study.read_json("fingerprint.json") | in_use)
    labels = np.arange(60) % 2
    rows = pd.DataFrame({"image": [f"{i}" for i in range(60)]})
    material = Material(rows, np.zeros((60, 1, 1, 3), np.uint8), labels, np.arange(60).astype(str))
    scored = Scored(material, np.arange(60), np.full((60, 2), 0.5), None)
    assert shifted_use(study, scored, read_plan(study), patients_known=True) == given
