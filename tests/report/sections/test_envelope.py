"""The section on the envelope: what it says, and that it says nothing without figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.proportion import proportion
from thirdeye.report.document import Figure, Paragraph, Table
from thirdeye.report.sections.envelope import envelope_section
from thirdeye.report.sets import EvidenceSet


@pytest.fixture
def block() -> dict[str, Any]:
    draw = np.random.default_rng(0)
    own, far = draw.random(50), draw.random(50) + 1
    return {
        "turned_away": proportion(np.arange(50) < 1, name="turned_away").as_json(),
        "distances": sorted(own.tolist()), "held_out": sorted(draw.random(120).tolist()), "n_held_out": 120,
        "changed": [{
            "change": "upside down", "noticed": proportion(far > 1, name="noticed").as_json(),
            "auroc": auc(np.repeat([0, 1], 50), np.r_[own, far], name="auroc").as_json(),
        }],
    }  # fmt: skip


def part(content: dict[str, Any], name: str = "test") -> EvidenceSet:
    return EvidenceSet(name, content, "image")


def test_it_says_who_is_turned_away_and_what_is_noticed(block: dict[str, Any]) -> None:
    section = envelope_section(part({"envelope": block}))
    assert section is not None
    assert section.anchor == "envelope"
    said = next(one for one in section.blocks if isinstance(one, Paragraph))
    assert "2.0%" in said.text or "0.020" in said.text or "2%" in said.text
    figure = next(one for one in section.blocks if isinstance(one, Figure))
    assert "edge" in figure.alt
    (table,) = (one for one in section.blocks if isinstance(one, Table))
    assert table.rows[0][0] == "upside down"
    assert "interval" in str(table.rows[0][1])


def test_parts_without_figures_have_no_section(block: dict[str, Any]) -> None:
    assert envelope_section(part({})) is None
    assert envelope_section(part({"envelope": {}})) is None
    bare = envelope_section(part({"envelope": block | {"held_out": [], "changed": []}}))
    assert bare is not None
    assert not [one for one in bare.blocks if isinstance(one, Figure | Table)]
