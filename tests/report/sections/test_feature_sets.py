"""The section on feature sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.report.document import Document, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.feature_sets import feature_sets_section

LABELS = np.array([0, 1] * 20)


def evidence(found: Any) -> Any:
    part = {"unit": "image", "feature_sets": found} if found else {"unit": "image"}
    return SimpleNamespace(evaluation={"sets": {"test": part}}, drawn_by="patient")


def compared() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    ill = [np.clip(LABELS * 0.5 + rng.uniform(0, spread, 40), 0, 1) for spread in (0.9, 0.5)]
    first, second = (np.stack([1 - one, one], axis=1) for one in ill)
    comparisons = with_adjusted(
        [
            compare_models(
                labels=LABELS, first=second, second=first, classes=["well", "ill"], task="binary",
                positive="ill", clusters=None, names=("oriented gradients", "clinical variables"),
                only_primary=True,
            )
        ]
    )  # fmt: skip
    sets = [
        {
            "source": f"features:{title}", "title": title, "parts": [title], "n_features": count,
            "validation": auc(LABELS, values).as_json(),
        }
        for title, count, values in (("clinical variables", 12, ill[0]), ("oriented gradients", 128, ill[1]))
    ]  # fmt: skip
    return {"sets": sets, "comparisons": comparisons}


def test_each_set_and_each_pair_has_a_line() -> None:
    section = feature_sets_section(evidence(compared()))
    assert section is not None
    alone, pairs = (block for block in section.blocks if isinstance(block, Table))
    assert [row[0].text for row in alone.rows] == ["Clinical variables", "Oriented gradients"]
    tested = [row[3].text for row in alone.rows]
    assert tested == [row[2].text for row in alone.rows]  # the same scores here: no side was swapped
    assert tested[0] < tested[1]
    assert pairs.rows[0][:2] == ("Oriented gradients", "Clinical variables")
    assert "same linear support vector machine" in render_html(Document("t", "s", "n", (section,), "i"))


def test_without_them_there_is_no_section() -> None:
    assert feature_sets_section(evidence(None)) is None
