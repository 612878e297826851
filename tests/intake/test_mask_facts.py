"""What is measured of masks, against masks whose numbers are known by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from thirdeye.intake.mask_facts import measure_mask

Measure = Callable[..., dict[str, Any]]


@pytest.fixture
def measured(tmp_path: Path) -> Measure:
    def measure(pixels: Any, name: str = "m.png", **options: Any) -> dict[str, Any]:
        picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(np.asarray(pixels, np.uint8))
        picture.save(tmp_path / name, **options)
        return measure_mask(tmp_path, name)

    return measure


def square(value: int = 255, side: int = 64) -> np.ndarray:
    pixels = np.zeros((side, 2 * side), np.uint8)
    pixels[side // 4 : side // 2, side // 2 : side] = value
    return pixels


def test_sizes_and_places(measured: Measure) -> None:
    facts = measured(square())
    assert (facts["height"], facts["width"], facts["format"], facts["error"]) == (64, 128, "PNG", "")
    assert facts["coverage"] == pytest.approx(16 * 32 / (64 * 128))
    assert (facts["components"], facts["largest_component"], facts["touches_border"]) == (1, 1.0, False)
    assert [facts[edge] for edge in ("top", "bottom", "left", "right")] == [0.25, 0.5, 0.25, 0.5]
    assert json.loads(facts["values"]) == {"0": 0.9375, "255": 0.0625}


def test_pieces_and_border(measured: Measure) -> None:
    pixels = np.zeros((8, 8))
    pixels[0, 0] = pixels[1, 1] = pixels[5, 5] = 1  # the first two touch at a corner
    facts = measured(pixels)
    assert (facts["components"], facts["touches_border"]) == (2, True)
    assert facts["largest_component"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("pixels", "form"),
    [
        (np.zeros((8, 8)), "empty"),
        (np.ones((8, 8)), "full"),
        (square(1), "binary"),
        (square(255), "binary_255"),
        (square(128), "binary_other"),
        (np.tile(np.arange(4), (8, 8)), "labels"),
        (np.tile([0, 50, 100, 200], (8, 8)), "labels"),
        (np.random.default_rng(0).integers(0, 256, (64, 64)), "picture"),
        (np.dstack([square(255), square(0), square(0)]), "colours"),
    ],
)
def test_forms(measured: Measure, pixels: np.ndarray, form: str) -> None:
    assert measured(pixels)["form"] == form


def test_one_bit_files_hold_zero_and_one(measured: Measure) -> None:
    assert measured(Image.fromarray(square()).convert("1"))["form"] == "binary"


def test_soft_edges_count_from_half_of_the_range(measured: Measure) -> None:
    facts = measured(Image.fromarray(square(side=128)).filter(ImageFilter.GaussianBlur(1)))
    assert facts["form"] == "soft"
    assert 0 < facts["stray"] < 0.05
    assert facts["coverage"] == pytest.approx(1 / 16, rel=0.05)


def test_noise_of_jpeg(measured: Measure) -> None:
    pixels = np.roll(square(side=128), (3, 5), axis=(0, 1))  # off the 8 x 8 blocks
    facts = measured(pixels, "m.jpg", quality=80)
    assert facts["form"] == "noisy"
    assert facts["coverage"] == pytest.approx(1 / 16, rel=0.05)


def test_palettes_that_are_nearly_black_and_white(measured: Measure) -> None:
    """As in DRIVE, whose second observer's files hold (4, 2, 4) for black."""
    picture = Image.fromarray((square() > 0).astype(np.uint8), mode="P")
    picture.putpalette([4, 2, 4, 252, 254, 252])
    facts = measured(picture, "m.gif")
    assert (facts["form"], facts["coverage"]) == ("binary_other", pytest.approx(1 / 16))


def test_colours_are_told_by_their_codes(measured: Measure) -> None:
    facts = measured(np.dstack([square(255), square(16), square(0)]))
    assert set(json.loads(facts["values"])) == {"#000000", "#ff1000"}
    assert facts["coverage"] == pytest.approx(1 / 16)


def test_what_cannot_be_read_is_a_fact(tmp_path: Path) -> None:
    (tmp_path / "m.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    facts = measure_mask(tmp_path, "m.png")
    assert "damaged PNG" in facts["error"]
    assert measure_mask(tmp_path, "none.png")["error"] == "does not exist"


def test_specks_are_counted_and_left_out_of_the_box(measured: Measure) -> None:
    pixels = square()
    pixels[0, 0] = 255
    facts = measured(pixels)
    assert (facts["specks"], facts["components"], facts["touches_border"]) == (1, 2, True)
    assert [facts[edge] for edge in ("top", "bottom", "left", "right")] == [0.25, 0.5, 0.25, 0.5]
    small = np.zeros((8, 8))
    small[2:4, 2:4] = small[6, 6] = 1
    assert measured(small)["specks"] == 0  # beside a small structure a pixel may be one too
