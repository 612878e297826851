"""``thirdeye plan``: a table a person can read, JSON a program can, every value settable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from thirdeye.case.study import Study
from thirdeye.cli.plan import plan_text, shown
from thirdeye.plan.file import plan_from_json, plan_schema
from thirdeye.plan.plan import Plan

pytestmark = pytest.mark.usefixtures("known_machine")


@pytest.fixture
def a_plan(finished: Path) -> Plan:
    return plan_from_json(json.loads((finished / "study" / "plan.json").read_text(encoding="utf-8")))


def test_json_alone_on_stdout(thirdeye: Callable[..., Any], finished: Path) -> None:
    said = thirdeye("plan", finished / "data", "--json", "--set", "epochs=2")
    assert said.code == 0
    form = json.loads(said.out)
    Draft202012Validator(plan_schema()).validate(form)
    assert form["values"]["epochs"] == {"value": 2, "reason": "set by the user", "chosen_by": "user"}
    assert "Plan" in said.err


def test_the_table_has_every_value_with_its_reason(thirdeye: Callable[..., Any], finished: Path) -> None:
    said = thirdeye("plan", finished / "data", "--set", "epochs=2")
    starts = {line.split()[0] for line in said.out.splitlines() if line and not line.startswith(" ")}
    assert set(plan_from_json_names()) <= starts
    assert "set by the user" in said.out


def plan_from_json_names() -> list[str]:
    return list(plan_schema()["properties"]["values"]["properties"])


@pytest.mark.parametrize("width", [80, 100, 120])
def test_lines_are_no_wider_than_the_terminal(a_plan: Plan, width: int) -> None:
    text = plan_text(a_plan, width)
    assert max(map(len, text.splitlines())) <= width + 10
    shown_words = set(re.findall(r"\w+", text))
    for reason in a_plan.reasons.values():
        assert set(re.findall(r"\w+", reason)) <= shown_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((("rotate", 15.0), ("zoom", 0.2)), "rotate 15, zoom 0.2"),
        (("a", "b"), "a, b"),
        ((), ""),
        (0.003, "0.003"),
        (None, "None"),
        (5, "5"),
    ],
)
def test_values_as_a_person_writes_them(value: Any, text: str) -> None:
    assert shown(value) == text


def test_out_writes_a_study_that_run_goes_on_with(
    thirdeye: Callable[..., Any], finished: Path, tmp_path: Path
) -> None:
    said = thirdeye("plan", finished / "data", "--out", tmp_path / "study")
    assert said.code == 0
    assert Study(tmp_path / "study").has("plan.json", "dataset.csv", "fingerprint.json", "findings.json")


def test_two_at_once(thirdeye: Callable[..., Any], finished: Path, tmp_path: Path) -> None:
    with Study(tmp_path / "study").lock(make=True):
        said = thirdeye("plan", finished / "data", "--out", tmp_path / "study")
    assert said.code == 4
    assert "another run is working" in said.refusal


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("epochs", "--set takes NAME=VALUE, got 'epochs'"),
        ("epoch=3", "the plan has no value 'epoch' that can be set"),
        ("epochs=many", "epochs should look like"),
        ("resize=crop", "resize is one of squash, pad, got 'crop'"),
        ("augmentation=[('spin', 1)]", "no operation is called 'spin'"),
    ],
)
def test_values_that_cannot_be(
    thirdeye: Callable[..., Any], finished: Path, override: str, words: str
) -> None:
    said = thirdeye("plan", finished / "data", "--set", override)
    assert said.code == 2
    assert words in said.refusal
    assert said.out == ""
