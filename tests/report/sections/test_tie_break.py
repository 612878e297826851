"""The section on a person who decides where networks disagree."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.tie_break import tie_break_evidence
from thirdeye.report.document import Document
from thirdeye.report.html import render_html
from thirdeye.report.sections.tie_break import tie_break_section


def evidence(found: dict[str, Any]) -> Any:
    return SimpleNamespace(evaluation={"sets": {"test": {"unit": "image", **found}}}, drawn_by="patient")


def test_it_tells_both_and_the_person_alone() -> None:
    labels = np.arange(40) % 2
    calls = np.column_stack([labels == 1, np.arange(40) < 30])
    person = np.where(np.arange(40) == 4, np.nan, labels)
    found = tie_break_evidence(labels, calls, calls[:, 1], person)
    named = {"column": "second_look", "networks": ["alexnet", "googlenet"], "operating_point": "youden"}
    section = tie_break_section(evidence({"tie_break": named | found}))
    assert section is not None
    page = render_html(Document("t", "s", "n", (section,), "i"))
    assert f"disagree on {found['n_disagree']} of 40 cases" in page
    assert "alexnet, googlenet" in page
    assert "second_look" in page
    assert "on 1 of these the person said nothing" in page
    assert all(name in page for name in ("Sensitivity", "Specificity", "Accuracy"))


def test_nothing_without_a_person() -> None:
    assert tie_break_section(evidence({})) is None
