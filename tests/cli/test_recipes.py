"""``thirdeye recipes``: the published systems listed, told of, and run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from thirdeye.cli.main import program
from thirdeye.cli.recipes import differences_text
from thirdeye.errors import UsageError
from thirdeye.journey.recipes import Difference


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["recipes", *arguments])


def test_list_has_all_and_says_what_is_ready() -> None:
    text = invoke("list").output
    assert len(text.splitlines()) == 118
    found = json.loads(invoke("list", "--json").output)
    assert len(found) == 117
    assert set(found[0]) == {"id", "title", "task", "state"}
    ready = json.loads(invoke("list", "--state", "ready", "--json").output)
    assert ready == [one for one in found if one["state"] == "ready"]
    assert f"{len(ready)} of 117 are ready" in text


def test_show_tells_where_things_come_from() -> None:
    text = invoke("show", "perceptron_xt").output
    assert "Rosenblatt" in text
    assert "--flaw random_start" in " ".join(text.split())
    assert json.loads(invoke("show", "perceptron_xt", "--json").output)["exactness"] == "exact"


def test_what_is_not_built_or_not_known_is_said() -> None:
    waiting = invoke("show", "cap_portal").exception
    assert isinstance(waiting, UsageError)
    assert "described but not built yet" in str(waiting)
    with pytest.raises(UsageError, match="did you mean perceptron_xt"):
        raise invoke("show", "perceptron").exception or AssertionError


def test_run_writes_a_trace(tmp_path: Path) -> None:
    text = invoke("run", "perceptron_xt", "--out", str(tmp_path / "xt")).output
    assert "After presentation 3 nothing changes any more." in text
    assert {one.name for one in (tmp_path / "xt").iterdir()} == {"trace.txt", "trace.html", "trace.json"}
    told = json.loads(invoke("run", "perceptron_xt", "--out", str(tmp_path / "xt"), "--json").output)
    assert told["equal"] is True
    flawed = invoke("run", "perceptron_xt", "--out", str(tmp_path / "r"), "--flaw", "random_start").output
    assert "answers to X and T at the end" in flawed
    assert "After presentation 3" not in flawed


def test_teaching_recipes_take_no_data(tmp_path: Path) -> None:
    refused = invoke("run", "mcp_neuron", str(tmp_path)).exception
    assert isinstance(refused, UsageError)
    assert "teaching recipe" in str(refused)


def test_differences_are_told_value_by_value() -> None:
    found = (Difference("batch_size", 16, 128, "lenet5: so"),)
    assert "batch_size: 16 here, 128 as published" in differences_text(found)
    assert "lenet5: so" in differences_text(found)
    assert "is the published one" in differences_text(())


def test_a_flaw_without_a_recipe_is_refused(tmp_path: Path) -> None:
    asked = CliRunner().invoke(program, ["run", str(tmp_path), "--out", "x", "--flaw", "leak", "--dry-run"])
    assert isinstance(asked.exception, UsageError)
    assert "name it with --recipe" in str(asked.exception)
