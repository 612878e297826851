"""`thirdeye explain --method`: a method that a run has no time for is examined when it is asked for."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from thirdeye.cli.explain import command
from thirdeye.errors import UsageError

pytestmark = pytest.mark.usefixtures("known_machine")


@pytest.fixture
def study(finished: Path, tmp_path: Path) -> Path:
    """A copy of the finished study beside its data."""
    return Path(shutil.copytree(finished, tmp_path / "place")) / "study"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def methods(study: Path) -> dict:
    return json.loads((study / "explanation" / "sanity.json").read_text(encoding="utf-8"))["methods"]


@pytest.mark.slow
def test_a_method_that_is_asked_for_is_examined_further(study: Path) -> None:
    before = methods(study)
    result = run(study, "--method", "occlusion", "--json")
    assert result.exit_code == 0, result.exception
    told, after = json.loads(result.stdout), methods(study)
    assert set(told) == {"passed", "verdict"}
    assert after["occlusion"]["n_images"] >= before["occlusion"].get("n_images", 0)
    assert after["occlusion"]["passed"] is not None
    assert after["cam"] == before["cam"]
    model = json.loads((study / "model" / "model.json").read_text(encoding="utf-8"))
    assert model["sanity"]["methods"] == {name: one["passed"] for name, one in after.items()}


def test_an_unknown_method_is_refused_before_anything_is_done(study: Path) -> None:
    before = (study / "explanation" / "sanity.json").read_bytes()
    result = run(study, "--method", "magic")
    assert isinstance(result.exception, UsageError)
    assert "magic" in str(result.exception)
    assert (study / "explanation" / "sanity.json").read_bytes() == before
