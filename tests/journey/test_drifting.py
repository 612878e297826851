"""`drift` on a finished study: images and lines of opinions, state between calls, other readers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import thirdeye
from thirdeye.errors import StudyMismatch, UsageError


def line(distance: float, probability: float) -> str:
    given = {"healthy": 1 - probability, "malignant": probability}
    return json.dumps({"probabilities": given, "familiarity": {"distance": distance, "rank": None, "n": 0}})


def test_images_and_lines_go_on_from_the_state(finished: Path, tmp_path: Path) -> None:
    state, lines = tmp_path / "state.json", tmp_path / "cases.jsonl"
    images = sorted((finished / "data" / "images").iterdir())[:2]
    first = thirdeye.drift(finished / "study", images, state=state)
    assert (first.new, first.stream.cases, first.failed) == (2, 2, ())
    assert not (finished / "study" / "drift.json").exists()
    draw = np.random.default_rng(0)
    lines.write_text("\n".join(line(d, p) for d, p in zip(draw.random(150), draw.random(150), strict=True)))
    second = thirdeye.drift(finished / "study", lines, state=state)
    assert (second.new, second.stream.cases) == (150, 152)
    assert second.watched == "malignant"
    assert set(second.as_json()["charts"]) == {"distance", "probability"}
    assert thirdeye.drift(finished / "study", state=state).stream == second.stream
    assert thirdeye.drift(finished / "study", state=state, restart=True).stream.cases == 0


def test_a_study_keeps_what_streams_are_compared_with(finished: Path) -> None:
    kept = json.loads((finished / "study/model/model.json").read_text())["trust"]["stream"]
    assert kept["class"] == "malignant"
    assert kept["probabilities"] == sorted(kept["probabilities"])
    assert kept["probabilities"]


def test_files_that_cannot_be_read_are_told(finished: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no image")
    Image.new("L", (40, 40)).save(tmp_path / "good.png")
    found = thirdeye.drift(
        finished / "study", [tmp_path / "broken.png", tmp_path / "good.png"], state=tmp_path / "s"
    )
    assert found.new == 1
    assert "broken.png" in found.failed[0]


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}', "1" * 5000])
def test_lines_that_are_no_opinions_are_refused(finished: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "x.jsonl").write_text(f"{line(1.0, 0.5)}\n\n{text}\n")
    with pytest.raises(UsageError, match=r"line 3 of 'x\.jsonl'"):
        thirdeye.drift(finished / "study", tmp_path / "x.jsonl", state=tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_states_of_other_readers_and_broken_ones_are_refused(finished: Path, tmp_path: Path) -> None:
    state = tmp_path / "s.json"
    thirdeye.drift(finished / "study", state=state)
    form = json.loads(state.read_text())
    state.write_text(json.dumps(form | {"model": "x"}))
    with pytest.raises(StudyMismatch, match="another reader"):
        thirdeye.drift(finished / "study", state=state)
    state.write_text("{")
    with pytest.raises(UsageError, match="--restart"):
        thirdeye.drift(finished / "study", state=state)
