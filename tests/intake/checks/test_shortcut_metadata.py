from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.intake.checks.shortcut_metadata import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.finding import Finding
from thirdeye.intake.not_applicable import NotApplicable
from thirdeye.intake.open import open_collection
from thirdeye.intake.survey import survey

Make = Callable[..., Exhibits]


def of_kind(findings: list[Finding], kind: str) -> Finding:
    return next(f for f in findings if f.evidence.get("kind") == kind)


def test_size_that_gives_the_label_away_is_named(made_exhibits: Make) -> None:
    rng = np.random.default_rng(0)
    labels = ["a", "b"] * 60
    widths = [1024 if label == "a" else int(rng.integers(300, 2000)) for label in labels]
    finding = of_kind(list(check(made_exhibits(labels, facts={"width": widths}))), "acquisition")
    assert finding.severity == "warning"
    assert "almost by itself" in finding.message
    assert "width" in finding.message
    assert finding.evidence["table"]["rows"][0][0] in ("width", "aspect")
    assert finding.evidence["auc"]["ci_low"] > 0.9


def test_the_length_of_recordings_is_called_so(made_exhibits: Make) -> None:
    labels = ["a", "b"] * 60
    lengths = [1000 + number if number % 2 else 3000 + number for number in range(120)]
    facts = {"kind": ["signal"] * 120, "width": lengths, "height": [1] * 120}
    finding = of_kind(list(check(made_exhibits(labels, facts=facts))), "acquisition")
    assert "length in samples" in finding.message
    assert "width" not in finding.message
    assert "aspect" not in str(finding.evidence)


def test_age_and_sex_are_told_apart_from_the_acquisition(made_exhibits: Make) -> None:
    rng = np.random.default_rng(0)
    labels = rng.choice(["a", "b"], 200)
    ages = np.where(labels == "a", rng.normal(50, 8, 200), rng.normal(65, 8, 200)).round()
    findings = list(check(made_exhibits(labels, columns={"age": ages.astype(int).astype(str)})))
    assert [f.evidence["kind"] for f in findings] == ["clinical"]
    assert findings[0].severity == "info"


def test_a_column_that_says_the_label_in_other_words_is_no_shortcut(made_exhibits: Make) -> None:
    labels = ["a", "b"] * 60
    subtype = [f"{label}{number % 3}" for number, label in enumerate(labels)]
    (finding,) = check(made_exhibits(labels, columns={"subtype": subtype}))
    assert finding.severity == "info"
    assert finding.evidence == {"columns": ["subtype"]}


def test_a_site_that_says_the_label_is_a_shortcut(made_exhibits: Make) -> None:
    labels = ["a", "b"] * 60
    findings = list(
        check(made_exhibits(labels, columns={"site": ["x" if label == "a" else "y" for label in labels]}))
    )
    assert of_kind(findings, "acquisition").severity == "warning"


def test_nothing_but_pictures_is_not_applicable(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="alike"):
        list(check(made_exhibits(["a", "b"] * 30)))


def test_it_keeps_its_level_where_labels_are_shuffled(made_exhibits: Make) -> None:
    """Columns with structure (site, size, images a patient) and labels that know nothing of them."""
    fired = warned = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        patients = np.sort(rng.integers(0, 70, 120))
        labels = rng.choice(["a", "b"], 70)[patients]
        columns = {"patient": [f"p{p}" for p in patients], "site": rng.choice(["x", "y", "z"], 70)[patients]}
        facts = {"width": rng.choice([300, 400, 512], 120), "row_spacing_mm": rng.random(120)}
        findings = list(check(made_exhibits(list(labels), columns=columns, facts=facts)))
        fired += any(f.evidence["kind"] == "acquisition" for f in findings)
        warned += any(f.severity == "warning" for f in findings)
    assert fired <= 3  # 1 % of 60 is 0.6, with some room for folds that share rows
    assert warned == 0


@pytest.mark.data
def test_the_covid_films_are_called(shared_data: Path) -> None:
    with survey(open_collection(shared_data / "covid_xray_3class")) as exhibits:
        finding = of_kind(list(check(exhibits)), "acquisition")
    assert finding.severity == "warning"
    assert "Covid-19" in finding.message
    assert finding.evidence["auc_of_classes"][0]["ci_low"] > 0.9
