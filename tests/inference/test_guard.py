"""Readers of places: images that they know nothing of get no opinion, and no network is asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as Pictures

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.reorient import reoriented
from thirdeye.case.volume import Volume
from thirdeye.inference.appearance import appearance_of
from thirdeye.inference.guard import OPEN, Guard, Withheld
from thirdeye.inference.located import readings
from thirdeye.inference.surrounding_fit import draw_look
from thirdeye.intake.joined import Joined

DRAW = np.random.default_rng(4)
MANIFEST = SimpleNamespace(
    task="detection", classes=("cell",), architecture="tiny", onnx=({"sha256": "a" * 64},), envelope={}
)


def dark(name: str = "own.png") -> Image:
    """A dark square with a bright dot."""
    pixels = DRAW.integers(0, 30, (40, 50)).astype(np.uint8)
    pixels[8:14, 20:28] = 200
    return Image(pixels, 8, name)


@dataclass(frozen=True)
class Found:
    """A reading."""

    opinion: Opinion


@pytest.fixture(scope="module")
def guard() -> Guard:
    looks = np.stack([appearance_of(dark()) for _ in range(60)])
    return Guard(draw_look(looks, [str(k) for k in range(60)]), MANIFEST)


def test_known_images_are_read_and_others_withheld(guard: Guard, tmp_path: Path) -> None:
    Pictures.fromarray(dark().pixels).save(tmp_path / "a.png")
    Pictures.fromarray(255 - dark().pixels).save(tmp_path / "b.png")
    asked = []

    def read(item: Image, case: Joined) -> Found:
        asked.append(case.files[0].name)
        return Found(Opinion(case.source, "detection", {}))

    own, other = readings(
        [tmp_path / "a.png", tmp_path / "b.png"], read, kinds=Image, otherwise="", guard=guard
    )
    assert asked == ["a.png"]
    assert own.opinion.abstained is None
    assert own.opinion.familiarity.distance <= 1
    assert isinstance(other, Withheld)
    assert "unlike the images that the reader knows" in other.opinion.abstained
    assert other.opinion.looked_for == ("cell",)
    assert other.picture().pixels.shape == (40, 40, 3)
    assert other.write(tmp_path, "x") == ()


def test_without_an_envelope_all_are_read() -> None:
    assert OPEN.familiarity(dark()) is None
    reading = Found(Opinion("x", "detection", {}))
    assert OPEN.judged(reading, None) is reading


def test_what_the_envelope_cannot_judge_is_left_to_the_reader(guard: Guard) -> None:
    volume = Volume(np.zeros((5, 6, 7), np.float32), Geometry(np.eye(4)), "v")
    assert guard.familiarity(volume) is None


def test_a_volume_is_as_familiar_however_it_is_stored() -> None:
    volume = Volume(DRAW.normal(size=(9, 11, 7)).astype(np.float32), Geometry(np.eye(4)), "v")
    assert appearance_of(reoriented(volume, "LPI")) == pytest.approx(appearance_of(volume), abs=1e-5)
    told = Guard(None, MANIFEST).withheld(volume, "v", guard_distance(3.0))
    assert told.picture().pixels.shape[2] == 3


def guard_distance(value: float):
    from thirdeye.case.reliance import Familiarity

    return Familiarity(value, None, 0)
