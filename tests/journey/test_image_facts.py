"""Image facts move the way their names say."""

from __future__ import annotations

import numpy as np

from thirdeye.journey.image_facts import image_facts


def picture(**changes: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    grey = (
        120
        + rng.normal(scale=20, size=(32, 32, 1)) * changes.get("contrast", 1)
        + changes.get("brightness", 0)
    )
    colour = np.repeat(grey, 3, axis=2)
    colour[..., 0] += changes.get("red", 0)
    if changes.get("dark_border"):
        colour[:3] = colour[-3:] = 0
    return colour.clip(0, 255).astype(np.uint8)


def test_facts_tell_pictures_apart() -> None:
    pictures = [{}, {"brightness": 60}, {"contrast": 0.3}, {"red": 60}, {"dark_border": 1}]
    facts = image_facts(np.stack([picture(**one) for one in pictures]))
    assert np.argmax(facts["brightness"]) == 1
    assert np.argmin(facts["contrast"]) == 2
    assert np.argmin(facts["sharpness"]) == 2
    assert np.argmax(facts["colour"]) == 3
    assert np.argmin(facts["brightness of the border"]) == 4
    np.testing.assert_allclose(facts["brightness"][0], picture().mean() / 255, rtol=1e-5)


def test_blocks_do_not_matter() -> None:
    images = np.random.default_rng(1).integers(0, 256, (130, 8, 8, 3), dtype=np.uint8)
    whole = image_facts(images)
    for name, values in image_facts(images[100:]).items():
        np.testing.assert_allclose(values, whole[name][100:])


def test_plain_pictures_are_finite() -> None:
    facts = image_facts(np.zeros((2, 8, 8, 3), np.uint8))
    assert all(np.isfinite(values).all() for values in facts.values())
    assert image_facts(np.zeros((0, 8, 8, 3), np.uint8)) == {}


def test_grey_pictures_have_no_colour() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), dtype=np.uint8)
    pictures = np.repeat(grey, 3, axis=3)
    assert (image_facts(pictures)["colour"] == 0).all()
    pictures[1, :, :, 0] //= 2
    colour = image_facts(pictures)["colour"]
    assert colour[1] > 0.01
    assert colour[0] == colour[2] == 0
