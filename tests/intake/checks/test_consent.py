"""The check of consent, and the rows that a dataset keeps of who takes no part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.dataset.files import write_dataset_csv
from thirdeye.dataset.split import make_dataset
from thirdeye.intake.examine import examine
from thirdeye.intake.open import open_collection


@pytest.fixture
def consented(tmp_path: Path, make_cases: Callable[..., Path]) -> tuple[Path, Path]:
    """Data, and a consent table in which p4 has withdrawn and p6 is missing."""
    data = make_cases(tmp_path / "data")
    people = pd.read_csv(data / "cases.csv")["patient"].unique()
    rows = [f"{one},{'2025-01-01' if one == 'p4' else ''}" for one in people if one != "p6"]
    (tmp_path / "consent.csv").write_text("patient,withdrawn\n" + "\n".join(rows) + "\n")
    return data, tmp_path / "consent.csv"


def test_the_finding_counts_and_names_nobody(consented: tuple[Path, Path]) -> None:
    data, table = consented
    seen = examine(open_collection(data, consent=table))
    found = {finding.check: finding for finding in seen.findings if finding.check.startswith("consent")}
    assert set(found) == {"consent.missing", "consent.withdrawn"}
    assert found["consent.withdrawn"].evidence["patients"] == 1
    for finding in found.values():
        assert finding.severity == "warning"
        assert len(finding.cases) == finding.evidence["images"]
        assert "p4" not in finding.message + finding.remedy
        assert not set(finding.cases) & set(seen.facts.index)  # not even opened


def test_without_a_table_the_check_does_not_apply(consented: tuple[Path, Path]) -> None:
    (run,) = [run for run in examine(open_collection(consented[0])).runs if run.check == "consent"]
    assert run.status == "not_applicable"


def test_the_dataset_records_who_was_left_out(consented: tuple[Path, Path], tmp_path: Path) -> None:
    data, table = consented
    collection = open_collection(data, consent=table)
    dataset = make_dataset(collection, examine(collection), seed=0, folds=0)
    write_dataset_csv(tmp_path / "dataset.csv", dataset)
    rows = pd.read_csv(tmp_path / "dataset.csv", dtype=str, keep_default_na=False)
    out = rows[rows["patient"].isin(["p4", "p6"])]
    assert set(out["split"]) == {"excluded"}
    assert set(out["excluded_because"]) == {
        "the patient has withdrawn consent",
        "no consent of the patient is on record",
    }
    assert len(rows) == len(open_collection(data).rows)
    assert not rows["image"].duplicated().any()
