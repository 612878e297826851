"""Technical quality: each fault is seen by its own measure; nothing is said of usual pictures."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image
import pytest
from scipy import ndimage
from skimage.restoration import estimate_sigma

from thirdeye.case.image import Image
from thirdeye.inference.facts import ImageFacts, oddities, reasons_to_abstain, summarise
from thirdeye.inference.quality import FEWEST, Quality, quality_of, quality_remarks, summarise_quality

DRAW = np.random.default_rng(5)


def picture(side: int = 128) -> np.ndarray:
    """Smooth blobs with sharp discs on them, and a little noise (S, S)."""
    rows, columns = np.indices((side, side))
    grey = 90 + 25 * np.sin(rows / DRAW.uniform(15, 25)) + 25 * np.cos(columns / DRAW.uniform(15, 25))
    for _ in range(12):
        y, x, radius = DRAW.uniform((0, 0, 4), (side, side, 12))
        grey[np.hypot(rows - y, columns - x) < radius] += DRAW.uniform(-40, 60)
    return np.clip(grey + DRAW.normal(0, 3, grey.shape), 5, 245)


def measured(grey: np.ndarray) -> Quality:
    pixels = np.clip(grey, 0, 255).astype(np.uint8)
    return quality_of(Image(pixels, 8, "x"), np.repeat(pixels[..., None], 3, axis=2))


def compressed(grey: np.ndarray, quality: int) -> np.ndarray:
    stream = io.BytesIO()
    PIL.Image.fromarray(grey.astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return np.asarray(PIL.Image.open(stream), np.float64)


FAULTS = {
    "blurrier": lambda grey: ndimage.gaussian_filter(grey, 2.5),
    "noisier": lambda grey: grey + DRAW.normal(0, 15, grey.shape),
    "plain white": lambda grey: 2.2 * grey,
    "plain black": lambda grey: 2.0 * (grey - 90),
    "strong compression": lambda grey: compressed(grey, 8),
}
SEEN = summarise_quality([measured(picture()) for _ in range(60)])


@pytest.mark.parametrize("said", FAULTS)
def test_a_fault_is_said(said: str) -> None:
    found = [quality_remarks(measured(FAULTS[said](picture())), SEEN) for _ in range(20)]
    assert sum(any(said in one for one in remarks) for remarks in found) >= 19


def test_nothing_is_said_of_pictures_like_the_known_ones() -> None:
    found = [quality_remarks(measured(picture()), SEEN) for _ in range(100)]
    assert sum(map(bool, found)) <= 3


def test_noise_is_in_grey_levels() -> None:
    flat = np.full((200, 200), 120.0)
    for level in (2.0, 8.0, 20.0):
        noisy = flat + DRAW.normal(0, level, flat.shape)
        assert measured(noisy).noise == pytest.approx(level, rel=0.05)
        assert measured(noisy).noise == pytest.approx(estimate_sigma(noisy), rel=0.08)


def test_blocks_are_sought_in_the_pixels_of_the_file() -> None:
    step = np.kron(DRAW.uniform(50, 200, (12, 12)), np.ones((8, 8))) + DRAW.normal(0, 1, (96, 96))
    within = np.abs(np.diff(np.trunc(step), axis=1))
    border = np.arange(95) % 8 == 7
    along = within[:, border].mean() / within[:, ~border].mean()
    assert measured(step).blocks == pytest.approx(along, rel=0.25)  # the other direction is much the same
    assert measured(picture()).blocks == pytest.approx(1.0, abs=0.25)
    large = np.kron(DRAW.uniform(50, 200, (90, 100)), np.ones((8, 8))) + DRAW.normal(0, 1, (720, 800))
    assert (measured(large).blocks or 0) > 20  # cut at the corner of a block
    colour = Image(np.repeat(step.astype(np.uint8)[..., None], 3, axis=2), 8, "x")
    assert quality_of(colour, colour.pixels).blocks == pytest.approx(measured(step).blocks, rel=1e-3)


def test_small_and_constant_images_have_numbers_or_none() -> None:
    assert measured(picture(16)).blocks is None
    assert measured(np.full((64, 64), 7.0)) == Quality(0.0, 0.0, 0.0, 0.0, 1.0)
    deep = Image(np.full((64, 64), 40_000, np.uint16), 16, "x")
    assert quality_of(deep, np.zeros((64, 64, 3), np.uint8)).black == 1.0


def test_few_images_and_earlier_versions_give_no_rule() -> None:
    few = [measured(picture(16)) for _ in range(FEWEST)]
    assert summarise_quality(few[1:]) == {}
    assert set(summarise_quality(few)["quality"]) == {"sharpness", "noise", "white", "black"}
    bad = measured(FAULTS["blurrier"](picture()))
    assert quality_remarks(bad, {}) == []
    assert quality_remarks(None, SEEN) == []


def test_faults_are_remarks_and_no_reason_to_abstain() -> None:
    facts = [ImageFacts(128, 128, 0.0, None, 90.0, 30.0, quality=measured(picture())) for _ in range(40)]
    seen = summarise(facts)
    blurred = ImageFacts(128, 128, 0.0, None, 90.0, 30.0, quality=measured(FAULTS["blurrier"](picture())))
    assert reasons_to_abstain(blurred, seen) == []
    assert oddities(blurred, seen) == [
        "The image is blurrier than the training images: look whether it is in focus."
    ]
