"""Plain facts: what is warned about, what stops an opinion."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.inference.facts import (
    ImageFacts,
    colourfulness_of,
    facts_of,
    oddities,
    reasons_to_abstain,
    summarise,
)

USUAL = ImageFacts(height=300, width=400, colourfulness=0.0, modality="CR", brightness=100.0, contrast=50.0)
SEEN = summarise([replace(USUAL, brightness=b, width=w) for b, w in ((80, 380), (120, 420), (100, 400))])


def test_the_usual_is_passed_in_silence() -> None:
    assert reasons_to_abstain(USUAL, SEEN) == []
    assert oddities(USUAL, SEEN) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contrast": 0.4}, "nearly constant"),
        ({"modality": "CT"}, "CT; the network has only seen CR"),
        ({"colourfulness": 40.0}, "colour picture"),
        ({"height": 200, "width": 20_000}, "images with a width of 1.3 to 1.4 times the height"),
        ({"height": 40, "width": 53}, "too few pixels (40 x 53)"),
    ],
)
def test_clearly_outside(change: dict, said: str) -> None:
    fact = replace(USUAL, **change)
    (reason,) = reasons_to_abstain(fact, SEEN)
    assert said in reason
    assert not any("small (" in one or "Its shape" in one for one in oddities(fact, SEEN))  # told once


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"height": 60, "width": 80}, "small (60 x 80)"),
        ({"height": 100, "width": 400}, "4.00"),
        ({"colourfulness": 5.0}, "colours"),
        ({"brightness": 220.0}, "brightness (220 of 255)"),
        ({"contrast": 90.0}, "contrast (90 of 255)"),
    ],
)
def test_unusual_is_said_but_read(change: dict, said: str) -> None:
    fact = replace(USUAL, **change)
    assert reasons_to_abstain(fact, SEEN) == []
    assert any(said in one for one in oddities(fact, SEEN))


def test_kin_modalities_and_unknown_ones_are_let_through() -> None:
    assert reasons_to_abstain(replace(USUAL, modality="DX"), SEEN) == []
    assert reasons_to_abstain(replace(USUAL, modality=None), SEEN) == []
    assert reasons_to_abstain(USUAL, summarise([replace(USUAL, modality=None)])) == []


def test_grey_picture_for_a_reader_of_colour() -> None:
    seen = summarise([replace(USUAL, colourfulness=60.0)])
    assert "grey picture" in reasons_to_abstain(USUAL, seen)[0]


def test_no_facts_no_words() -> None:
    assert summarise([]) == {}
    assert reasons_to_abstain(USUAL, {}) == []
    assert oddities(USUAL, {}) == []


def test_facts_of_a_grey_image_stored_as_colour() -> None:
    pixels = np.repeat(np.arange(100, dtype=np.uint8).reshape(10, 10, 1), 3, axis=2)
    fact = facts_of(Image(pixels, 8, "x"), pixels)
    bare = replace(fact, quality=None)
    assert bare == ImageFacts(10, 10, 0.0, None, pytest.approx(49.5), pytest.approx(pixels.std()))
    pixels = pixels.copy()
    pixels[..., 0] += 30
    assert facts_of(Image(pixels, 8, "x"), pixels).colourfulness == pytest.approx(30)


def test_far_too_few_pixels_stop_an_opinion() -> None:
    (reason,) = reasons_to_abstain(replace(USUAL, height=28, width=28), SEEN)
    assert "too few pixels (28 x 28)" in reason


def test_colourfulness_is_the_mean_range_of_the_channels() -> None:
    prepared = np.random.default_rng(3).integers(0, 256, (20, 20, 3)).astype(np.uint8)
    assert colourfulness_of(prepared) == pytest.approx(np.ptp(prepared, axis=2).mean())
