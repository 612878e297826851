"""The section on several networks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from thirdeye.evaluation.compare import compare_models, with_adjusted
from thirdeye.report.document import Document, Table
from thirdeye.report.html import render_html
from thirdeye.report.sections.networks import networks_section

LABELS = np.array([0, 1] * 20)


def evidence(pairs: Any) -> Any:
    part = {"unit": "image", "networks": pairs} if pairs else {"unit": "image"}
    return SimpleNamespace(evaluation={"sets": {"test": part}}, drawn_by="patient")


def pairs() -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    ill = [np.clip(LABELS * 0.5 + rng.uniform(0, spread, 40), 0, 1) for spread in (0.5, 0.7, 0.9)]
    tables = {name: np.stack([1 - one, one], axis=1) for name, one in zip("abc", ill, strict=True)}
    return with_adjusted(
        [
            compare_models(
                labels=LABELS, first=tables[one], second=tables[other], classes=["well", "ill"],
                task="binary", positive="ill", clusters=None, names=(one, other), only_primary=True,
            )
            for one, other in ("ab", "ac", "bc")
        ]
    )  # fmt: skip


def test_each_network_has_a_line_and_so_has_every_pair() -> None:
    section = networks_section(evidence(pairs()))
    assert section is not None
    alone, paired = (block for block in section.blocks if isinstance(block, Table))
    assert [getattr(row[0], "text", row[0]) for row in alone.rows] == ["a", "b", "c"]
    assert [getattr(row[0], "text", row[0]) for row in paired.rows] == [
        "a against b",
        "a against c",
        "b against c",
    ]
    assert "holds zero" in render_html(Document("t", "s", "n", (section,), "i"))


def test_one_network_has_no_section() -> None:
    assert networks_section(evidence([])) is None
