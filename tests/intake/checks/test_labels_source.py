from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.intake.checks.labels_source import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]


def test_differential_verification_is_called(made_exhibits: Make) -> None:
    labels = ["benign"] * 60 + ["malignant"] * 60
    source = ["follow-up"] * 50 + ["histology"] * 70
    (finding,) = check(made_exhibits(labels, columns={"label_source": source}))
    assert finding.severity == "warning"
    assert "follow-up: 0 % of 'malignant', 83 % of 'benign'" in finding.message


def test_one_way_for_all_is_information(made_exhibits: Make) -> None:
    (finding,) = check(made_exhibits(["a", "b"] * 40, columns={"label_source": ["histology"] * 80}))
    assert finding.severity == "info"
    assert "histology 100 %" in finding.message


@pytest.mark.parametrize(("value", "words"), [("report NLP", "program"), ("single reader", "one reader")])
def test_programs_and_single_readers(made_exhibits: Make, value: str, words: str) -> None:
    findings = list(check(made_exhibits(["a", "b"] * 40, columns={"label_source": [value] * 80})))
    assert [f.severity for f in findings] == ["info", "warning"]
    assert words in findings[1].message
    assert len(findings[1].cases) == 80


def test_unknown_is_said(made_exhibits: Make) -> None:
    (finding,) = check(made_exhibits(["a", "b"] * 40))
    assert "Nothing says" in finding.message


@pytest.mark.data
def test_the_way_of_proof_of_ham10000(shared_data: Path) -> None:
    with survey(open_collection(shared_data / "ham10000_subset")) as exhibits:
        (finding,) = check(exhibits)
    assert finding.evidence["column"] == "dx_type"
    assert finding.severity == "warning"
