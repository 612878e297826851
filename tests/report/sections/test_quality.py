"""The section on poorer pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.report.document import Document, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.quality import quality_section

LABELS = np.array([0, 1] * 20)


def evidence(entries: Any) -> Any:
    part = {"unit": "image", "quality": entries} if entries else {"unit": "image"}
    return SimpleNamespace(evaluation={"sets": {"test": part}}, sets={"test": part}, drawn_by="patient")


def entries() -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    ill = [np.clip(LABELS * 0.5 + rng.uniform(0, spread, 40), 0, 1) for spread in (0.5, 0.9)]
    tables = [np.stack([1 - one, one], axis=1) for one in ill]
    told = compare_models(
        labels=LABELS, first=tables[0], second=tables[1], classes=["well", "ill"], task="binary",
        positive="ill", clusters=None, only_primary=True,
    )  # fmt: skip
    return with_adjusted([told | {"step": "blurred", "strength": 0.02}])


def test_a_line_for_the_pictures_as_they_are_and_one_for_each_way() -> None:
    section = quality_section(evidence(entries()))
    assert section is not None
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [getattr(row[0], "text", row[0]) for row in table.rows] == ["As they are", "Blurred (0.02)"]
    page = render_html(Document("t", "s", "n", (section,), "i"))
    assert "share of the side" in page
    assert "AUC" in page


def test_there_is_no_section_where_nothing_was_read_again() -> None:
    assert quality_section(evidence([])) is None
