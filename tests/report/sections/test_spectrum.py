"""The section on cases that were left out of training."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.report.document import Document, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.spectrum import spectrum_section


def evidence(found: dict[str, Any]) -> Any:
    return SimpleNamespace(evaluation={"sets": {"test": {"unit": "image", **found}}}, drawn_by="patient")


def metrics(labels: np.ndarray, ill: np.ndarray) -> list[dict[str, Any]]:
    points = [{"name": "youden", "threshold": 0.4, "origin": "tuned_on_validation"}]
    entry = evaluate_set(
        labels=labels, probabilities=np.column_stack([1 - ill, ill]), classes=["well", "ill"], task="binary",
        positive="ill", clusters=None, unit="image", operating_points=points, excluded={},
    )  # fmt: skip
    return [one for one in entry["metrics"] if one["name"] in ("auc", "sensitivity", "specificity")]


def test_both_columns_stand_side_by_side() -> None:
    labels = np.arange(60) % 2
    ill = np.random.default_rng(0).uniform(0, 1, 60) * 0.5 + 0.5 * labels
    found = {
        "column": "extent", "value": "small", "n_unlearnt": 20,
        "with": metrics(labels, ill), "without": metrics(labels[:40], ill[:40]),
    }  # fmt: skip
    section = spectrum_section(evidence({"spectrum": found}))
    assert section is not None
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert [row[0].text for row in table.rows] == ["AUC", "Sensitivity", "Specificity"]  # type: ignore[union-attr]
    page = render_html(Document("t", "s", "n", (section,), "i"))
    assert "extent = small" in page
    assert "20 of them are in the test part" in page


def test_nothing_where_nothing_was_left_out() -> None:
    assert spectrum_section(evidence({})) is None
