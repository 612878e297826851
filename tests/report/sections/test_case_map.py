"""The map of the cases in a report: what is drawn, and how it must not be read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.report.document import Figure, Notice, Paragraph
from thirdeye.report.sections import case_map as module
from thirdeye.report.sections.case_map import case_map_section


def content(groups: list[str], belongs: list[list[int]], **more: Any) -> dict[str, Any]:
    points = np.random.default_rng(0).random((len(belongs), 2)).round(4).tolist()
    return {
        "method": "t-SNE", "perplexity": 30.0, "seed": 7, "n": len(belongs), "n_of": len(belongs),
        "trustworthiness": 0.953, "level": None, "groups": groups, "points": points, "belongs": belongs,
        **more,
    }  # fmt: skip


def section(monkeypatch: pytest.MonkeyPatch, found: dict[str, Any] | None, task: str = "multiclass") -> Any:
    part = SimpleNamespace(content={} if found is None else {"case_map": found})
    monkeypatch.setattr(module, "test_set", lambda evidence: part)
    return case_map_section(SimpleNamespace(task=task))  # type: ignore[arg-type]


def test_a_point_for_each_case_and_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    made = section(monkeypatch, content(["mel", "nv"], [[k % 2] for k in range(30)]))
    said, figure, warning = made.blocks
    assert isinstance(said, Paragraph)
    assert isinstance(figure, Figure)
    assert isinstance(warning, Notice)
    assert "perplexity 30, seed 7" in said.text
    assert "0.95" in said.text
    assert "drawn at random" not in said.text
    assert "measure nothing on it" in warning.text
    assert figure.alt == "Map of 30 cases: mel 15, nv 15."
    assert "mel (15)" in figure.drawing.svg
    assert figure.drawing.png.startswith(b"\x89PNG")


def test_a_sample_and_a_level_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = section(monkeypatch, content(["a", "b"], [[0]] * 20, n_of=5000, level="9 ways"))
    assert "20 of 5000 drawn at random" in made.blocks[0].text
    assert "at the level '9 ways'" in made.blocks[1].caption


def test_several_labels_have_a_panel_each(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"finding {k}" for k in range(8)]
    made = section(monkeypatch, content(names, [[k % 8, 0] for k in range(24)]), "multilabel")
    svg = made.blocks[1].drawing.svg
    assert "finding 5 (3)" in svg
    assert "finding 6" not in svg
    assert "first 6 of 8 findings" in made.blocks[1].caption


def test_nothing_without_features(monkeypatch: pytest.MonkeyPatch) -> None:
    assert section(monkeypatch, None) is None
