"""The section on subgroups: gaps that are shown are said aloud, groups that are small are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.subgroups import subgroup_evidence
from thirdeye.evaluation.within_site import within_site_evidence
from thirdeye.report.document import Bullets, Document, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.html import render_html
from thirdeye.report.pdf import render_pdf
from thirdeye.report.sections.subgroups import lifted_by_site, shown_gaps, subgroup_section
from thirdeye.report.sets import EvidenceSet

POINT = [{"name": "youden", "threshold": 0.5, "origin": "tuned_on_validation"}]


def part_of(gap: float, columns: bool = True) -> EvidenceSet:
    rng = np.random.default_rng(0)
    n = 600
    sex, age, truth = rng.choice(["f", "m"], n), rng.normal(55, 20, n).round(), rng.random(n) < 0.4
    lift = 0.35 * (gap > 0)
    site = np.where(rng.random(n) < np.where(truth, 0.5 + lift, 0.5 - lift), "north", "south")
    logit = rng.normal(size=n) + 2 * truth - 1 - gap * truth * (sex == "f") + 1.5 * gap * (site == "north")
    scores = 1 / (1 + np.exp(-logit))
    named = {
        "sex": sex.tolist(),
        "age": age.tolist(),
        "hospital": site.tolist(),
        "code": list(map(str, range(n))),
    }
    known: Any = {
        "labels": truth.astype(int), "probabilities": np.column_stack([1 - scores, scores]),
        "classes": ["no", "yes"], "task": "binary", "positive": "yes", "clusters": None,
        "columns": named if columns else {},
    }  # fmt: skip
    found = subgroup_evidence(**known, operating_points=POINT)
    content = {
        "subgroups": list(found.attributes),
        "subgroup_tests": found.family | {"left_out": list(found.left_out)},
        "within_site": within_site_evidence(**known),
        "operating_points": POINT,
        "metrics": [],
    }
    return EvidenceSet("test", content, "image")


@pytest.fixture(scope="module")
def with_gap() -> EvidenceSet:
    return part_of(2.0)


def test_where_nothing_could_be_tested_no_absence_of_gaps_is_claimed(with_gap: EvidenceSet) -> None:
    attributes = [{**one, "outcome": "not_tested"} for one in with_gap.content["subgroups"]]
    tests = {**with_gap.content["subgroup_tests"], "performance": {"tests": 0, "shown": 0}}
    content = {**with_gap.content, "subgroups": attributes, "subgroup_tests": tests}
    said = str(subgroup_section(EvidenceSet("test", content, "image")))
    assert "Nothing could be tested" in said
    assert "No gap between groups" not in said
    assert "0 tests" not in said


def test_a_shown_gap_is_said_first(with_gap: EvidenceSet) -> None:
    section = subgroup_section(with_gap)
    assert section is not None
    assert isinstance(section.blocks[0], Notice)
    assert "sex" in section.blocks[0].title
    assert any("sex" in said for said in shown_gaps(with_gap))
    assert lifted_by_site(with_gap)


def test_no_gap_is_not_called_equality() -> None:
    section = subgroup_section(part_of(0.0))
    assert section is not None
    lead = section.blocks[0]
    assert isinstance(lead, Paragraph)
    assert "not the same as there being none" in lead.text
    said = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "could have seen" in said


def test_every_attribute_has_figure_and_tables(with_gap: EvidenceSet) -> None:
    section = subgroup_section(with_gap)
    assert section is not None
    figures = [block for block in section.blocks if isinstance(block, Figure)]
    tables = [block for block in section.blocks if isinstance(block, Table)]
    attributes = len(with_gap.content["subgroups"])
    assert len(figures) == attributes
    assert len(tables) == 2 * attributes
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    assert any("equal opportunity difference" in str(table.rows) for table in tables)
    assert any("Cut at 18, 40, 65, 80." in table.notes for table in tables)
    assert any(isinstance(block, Bullets) for block in section.blocks)
    assert any("code (" in block.text for block in section.blocks if isinstance(block, Paragraph))


def test_it_renders(with_gap: EvidenceSet) -> None:
    section = subgroup_section(with_gap)
    assert isinstance(section, Section)
    document = Document("Title", "", "research use only", (section,), "imprint")
    page = render_html(document)
    assert "Subgroups and fairness" in page
    assert render_pdf(document).startswith(b"%PDF")


def test_nothing_known_of_the_patients() -> None:
    section = subgroup_section(part_of(0.0, columns=False))
    assert section is not None
    assert isinstance(section.blocks[0], Paragraph)
    assert "not known" in section.blocks[0].text


def test_an_older_study_has_no_section() -> None:
    assert subgroup_section(EvidenceSet("test", {"subgroups": []}, "image")) is None
