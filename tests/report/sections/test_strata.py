"""The section on hidden groups."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.strata import strata_evidence
from thirdeye.evaluation.strata_side import Side
from thirdeye.report.document import Document, Notice, Paragraph, Sheet, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.strata import shown_strata, strata_section
from thirdeye.report.sets import EvidenceSet

EVIDENCE: Any = SimpleNamespace(picture=lambda name: None)


def side(rng: np.random.Generator, n: int, hard: bool) -> Side:
    truth, site = rng.random(n) < 0.4, rng.choice(["a", "b", "c"], n)
    logit = rng.normal(size=n) + 3 * truth - 1.5
    logit = np.where((site == "b") & hard, rng.normal(size=n), logit)
    scores = 1 / (1 + np.exp(-logit))
    cases = read_case_set(
        labels=truth.astype(int), probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", clusters=None,
    )  # fmt: skip
    return Side(cases, {"site": site.tolist()}, {"brightness": rng.normal(size=n)})


def part_of(*, hard: bool, n: int = 400) -> EvidenceSet:
    rng = np.random.default_rng(0)
    found = strata_evidence(side(rng, n, hard), side(rng, n, hard))
    for group in found["groups"]:
        rows = group.pop("rows")
        group["examples"] = [
            {"image": "x.png", "case": f"c{row}", "label": "yes", "class": "yes", "probability": 0.2}
            for row in rows
        ]
    return EvidenceSet("test", {"strata": found | {"features": "of the exported network"}}, "image")


def test_a_hard_group_is_said_and_shown() -> None:
    part = part_of(hard=True)
    section = strata_section(EVIDENCE, part)
    assert section is not None
    assert isinstance(section.blocks[0], Notice)
    assert "site: b" in shown_strata(part)[0]
    assert any(isinstance(block, Sheet) for block in section.blocks)
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows] == ["Right calls", "Sensitivity", "Specificity"]
    assert "expected to be wrong" in " ".join(b.text for b in section.blocks if isinstance(b, Paragraph))
    assert "Hidden groups" in render_html(Document("T", "", "research use only", (section,), ""))


def test_no_hard_group() -> None:
    part = part_of(hard=False)
    section = strata_section(EVIDENCE, part)
    assert section is not None
    assert isinstance(section.blocks[0], Paragraph)
    assert "not shown to be harder" in section.blocks[0].text
    assert shown_strata(part) == []


def test_too_few_cases() -> None:
    section = strata_section(EVIDENCE, part_of(hard=False, n=40))
    assert section is not None
    assert "too few" in str(section.blocks[0])


def test_an_older_study_has_no_section() -> None:
    assert strata_section(EVIDENCE, EvidenceSet("test", {}, "image")) is None
