"""`check`: what was understood, what was found, and a file that fits its schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from thirdeye.errors import UsageError
from thirdeye.journey.checking import check, findings_json
from thirdeye.training.event import Event


def schema() -> dict[str, Any]:
    text = resources.files("thirdeye.intake").joinpath("schema/findings.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    Draft202012Validator.check_schema(found)
    return found


def test_a_finished_study_holds_findings_that_fit_the_schema(finished: Path) -> None:
    content = json.loads((finished / "study" / "findings.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema()).validate(content)
    assert content["layout"] == "table"
    assert content["findings"]


def test_every_kind_of_trouble_fits_the_schema(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    data = make_cases(tmp_path / "data", 12)
    images = sorted((data / "images").iterdir())
    images[0].write_bytes(b"")
    images[3].write_bytes(images[2].read_bytes())
    (data / "images" / "notes.txt").write_text("x")
    checked = check(data)
    content = json.loads(json.dumps(findings_json(checked), allow_nan=False))
    Draft202012Validator(schema()).validate(content)
    found = {finding["check"]: finding for finding in content["findings"]}
    assert checked.refused
    assert "class.few" in found
    assert ["images/case 02.png", "images/case 03.png"] in [
        sorted(group) for finding in content["findings"] for group in finding["groups"]
    ]
    assert any("images/case 00.png" in finding["cases"] for finding in content["findings"])


@pytest.mark.parametrize(
    "changed", [{"severity": "fatal"}, {"message": ""}, {"check": "Few"}, {"extra": 1}, {"cases": [1]}]
)
def test_the_schema_refuses(finished: Path, changed: dict[str, Any]) -> None:
    content = json.loads((finished / "study" / "findings.json").read_text(encoding="utf-8"))
    content["findings"][0] |= changed
    with pytest.raises(ValidationError):
        Draft202012Validator(schema()).validate(content)


def test_it_tells_what_was_understood_and_writes_nothing_unasked(
    tmp_path: Path, make_cases: Callable[..., Path]
) -> None:
    data = make_cases(tmp_path / "data", 12)
    heard: list[Event] = []
    checked = check(data, tell=heard.append)
    notes = [event.text for event in heard if event.kind == "note"]
    assert set(checked.collection.understood) <= set(notes)
    assert heard[-1].kind in ("note", "progress")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    check(data, out=tmp_path / "study")
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == ["findings.html", "findings.json"]


def test_options_reach_the_intake(tmp_path: Path, make_cases: Callable[..., Path]) -> None:
    checked = check(make_cases(tmp_path / "data", 12), positive="healthy", patient_is_image=True)
    assert checked.collection.positive == "healthy"
    with pytest.raises(UsageError, match="no file or folder"):
        check(tmp_path / "nowhere")
