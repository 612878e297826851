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


def test_a_file_counts_once(finished: Path, tmp_path: Path) -> None:
    images = sorted((finished / "data" / "images").iterdir())[:3]
    again = tmp_path / "another name.png"
    again.write_bytes(images[0].read_bytes())
    state = tmp_path / "s.json"
    first = thirdeye.drift(finished / "study", [images[0], images[0], again, images[1]], state=state)
    assert (first.new, first.repeated, first.stream.cases) == (2, 2, 2)
    assert first.sentences[-1] == "Left out, as counted before: 2 cases."
    second = thirdeye.drift(finished / "study", images, state=state)
    assert (second.new, second.repeated, second.stream.cases) == (1, 2, 3)
    assert second.as_json()["repeated"] == 2
    assert thirdeye.drift(finished / "study", images, state=state, restart=True).new == 3


def test_a_written_opinion_counts_once_if_it_says_what_it_is_about(finished: Path, tmp_path: Path) -> None:
    lines = tmp_path / "cases.jsonl"
    about = {**json.loads(line(1.0, 0.5)), "source": "a.png"}
    lines.write_text("\n".join([json.dumps(about), line(1.0, 0.5), line(1.0, 0.5), json.dumps(about)]))
    found = thirdeye.drift(finished / "study", lines, state=tmp_path / "s")
    assert (found.new, found.repeated) == (3, 1)


def test_a_state_of_an_earlier_version_goes_on(finished: Path, tmp_path: Path) -> None:
    state = tmp_path / "s.json"
    image = next(iter((finished / "data" / "images").iterdir()))
    thirdeye.drift(finished / "study", image, state=state)
    form = json.loads(state.read_text())
    del form["known"]
    state.write_text(json.dumps(form))
    assert thirdeye.drift(finished / "study", image, state=state).stream.cases == 2
