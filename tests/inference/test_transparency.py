"""Transparent pictures: the answer may change, so the opinion says what was done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from thirdeye.case.opinion import Opinion
from thirdeye.inference.transparency import SAID, with_transparency
from thirdeye.intake.pixels import load_image

OPINION = Opinion(source="a.png", task="binary", probabilities={"a": 1.0}, predicted="a", model={})


@pytest.mark.parametrize(("opacity", "told"), [(255, False), (120, True), (0, True)])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_only_what_was_transparent_is_told(tmp_path: Path, mode: str, opacity: int, told: bool) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, len(mode))).astype(np.uint8)
    pixels[..., -1] = 255
    pixels[3, 4, -1] = opacity
    Picture.fromarray(pixels, mode).save(tmp_path / "a.png")
    found = with_transparency(OPINION, load_image(tmp_path, "a.png"))
    assert found.warnings == ((SAID,) if told else ())


def test_a_signal_has_no_colours() -> None:
    assert with_transparency(OPINION, object()) is OPINION
