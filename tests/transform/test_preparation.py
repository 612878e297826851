"""Steps of preparation: chosen by name, checked, done one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.errors import UsageError
from thirdeye.transform.preparation import (
    Frame,
    check_steps,
    cut,
    framed,
    framed_part,
    painted,
    preparations,
)
from thirdeye.transform.prepare import arguments_of, prepare

STEPS = (("fundus", 0.0), ("local_contrast", 0.02), ("rounded", 0.9))
HOW: dict[str, Any] = {"size_px": 32, "resize": "squash", "intensity": "full_range"}


@pytest.fixture
def eye() -> Image:
    """A lit disc of radius 20 around row 40, column 60, of a picture of 80 x 100."""
    rows, columns = np.mgrid[:80, :100]
    inside = np.hypot(rows - 40, columns - 60) < 20
    pixels = (inside[..., None] * np.array([200, 100, 50])).astype(np.uint8)
    pixels[38:42, 58:62] = 10
    return Image(pixels, 8, "eye.png")


def test_steps_are_known_by_name_and_lists_become_tuples() -> None:
    assert {"fundus", "local_contrast", "rounded"} <= set(preparations.names())
    assert check_steps([["fundus", 0], ["rounded", 0.9]]) == (("fundus", 0.0), ("rounded", 0.9))
    assert check_steps(()) == ()


@pytest.mark.parametrize(
    "steps", ["fundus", [["fundus"]], [["fundus", "wide"]], [["fundis", 0.0]], 3, {"a": 1}]
)
def test_what_is_no_step_is_quoted(steps: Any) -> None:
    with pytest.raises(UsageError, match=r"fund|'a'|3"):
        check_steps(steps)


def test_the_part_is_what_the_network_sees(eye: Image) -> None:
    part = framed_part(eye, STEPS)
    assert abs(part.top - 21) <= 1
    assert abs(part.left - 41) <= 1
    assert part.height == part.width == framed(eye, STEPS).height
    assert framed_part(eye, ()) == Frame(0, 0, 80, 100)
    assert framed(eye, STEPS[1:]) is eye


def test_a_part_of_a_part_is_counted_from_the_whole(eye: Image) -> None:
    assert framed_part(eye, (("fundus", 1.0), ("fundus", 0.0))) == framed_part(eye, (("fundus", 0.0),))


def test_what_lies_beyond_the_image_is_black(eye: Image) -> None:
    found = cut(eye, Frame(-10, 90, 100, 20)).pixels
    assert found.shape == (100, 20, 3)
    assert found[:10].max() == found[:, 10:].max() == 0
    assert np.array_equal(cut(eye, Frame(0, 0, 80, 100)).pixels, eye.pixels)


def test_painting_leaves_the_given_square_alone() -> None:
    square = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    before = square.copy()
    assert not np.array_equal(painted(square, STEPS), before)
    assert np.array_equal(square, before)
    assert painted(square, STEPS[:1]) is square


def test_prepare_does_every_step_and_nothing_without_one(eye: Image) -> None:
    by_hand = painted(prepare(framed(eye, STEPS), **HOW), STEPS)
    assert np.array_equal(prepare(eye, **HOW, preparation=STEPS), by_hand)
    assert np.array_equal(prepare(eye, **HOW, preparation=()), prepare(eye, **HOW))
    assert not np.array_equal(by_hand, prepare(eye, **HOW))


def test_eyes_at_two_places_and_sizes_become_alike(eye: Image) -> None:
    larger = Image(np.pad(eye.pixels.repeat(3, axis=0).repeat(3, axis=1), ((5, 90), (40, 0), (0, 0))), 8, "b")
    one, two = (prepare(image, **HOW, preparation=STEPS[:1]).astype(float) for image in (eye, larger))
    as_they_are = np.abs(prepare(eye, **HOW).astype(float) - prepare(larger, **HOW)).mean()
    assert np.abs(one - two).mean() < 0.3 * as_they_are


def test_the_input_of_an_older_manifest_has_no_steps() -> None:
    assert arguments_of(HOW) == {**HOW, "preparation": ()}
    with pytest.raises(UsageError, match="magic"):
        arguments_of({**HOW, "preparation": [["magic", 1.0]]})
