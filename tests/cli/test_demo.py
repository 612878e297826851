"""``thirdeye demo``: says where to look."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.journey.results import Validated


def test_it_says_where_to_look_and_what_to_try(
    thirdeye: Callable[..., Any], finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = json.loads((finished / "study" / "evaluation.json").read_text(encoding="utf-8"))
    asked: list[dict[str, Any]] = []

    def demo(out: Path, **given: Any) -> Validated:
        asked.append(given)
        return Validated(out / "study", evidence)

    monkeypatch.setattr("thirdeye.journey.demonstrating.demo", demo)
    said = thirdeye("demo", "--out", tmp_path / "demo", "--budget", "2m", "--seed", "4")
    assert said.code == 0
    assert (asked[0]["sample"], asked[0]["budget"], asked[0]["seed"]) == ("phantoms", "2m", 4)
    assert str(tmp_path / "demo" / "study" / "report.html") in said.out
    assert f"thirdeye read {tmp_path / 'demo' / 'study'} IMAGE" in said.out
    assert f"thirdeye serve {tmp_path / 'demo' / 'study'}" in said.out


def test_an_unknown_sample(thirdeye: Callable[..., Any], tmp_path: Path) -> None:
    said = thirdeye("demo", "--out", tmp_path / "demo", "--set", "mnist")
    assert said.code == 2
    assert "no sample is called 'mnist'" in said.refusal
