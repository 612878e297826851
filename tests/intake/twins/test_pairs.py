"""Planted copies are found, named and described; strangers are not."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageEnhance

from thirdeye.case.image import Image as Picture
from thirdeye.intake.thumbnail import thumbnail
from thirdeye.intake.twins.pairs import NearPair, near_pairs

Scene = Callable[[int], Image.Image]
_TRANSPOSE = Image.Transpose


def _jpeg(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=50)
    return Image.open(io.BytesIO(file.getvalue()))


CHANGES: dict[str, tuple[Callable[[Image.Image], Image.Image], str]] = {
    "rotated 90": (lambda i: i.transpose(_TRANSPOSE.ROTATE_90), "rotated by 90 degrees"),
    "rotated 180": (lambda i: i.transpose(_TRANSPOSE.ROTATE_180), "rotated by 180 degrees"),
    "rotated 270": (lambda i: i.transpose(_TRANSPOSE.ROTATE_270), "rotated by 270 degrees"),
    "mirrored": (lambda i: i.transpose(_TRANSPOSE.FLIP_LEFT_RIGHT), "mirrored left to right"),
    "upside down": (lambda i: i.transpose(_TRANSPOSE.FLIP_TOP_BOTTOM), "mirrored top to bottom"),
    "cropped": (lambda i: i.crop((6, 0, 120, 96)), "cropped by 5 %"),
    "cropped all round": (lambda i: i.crop((6, 5, 114, 91)), "cropped by 19 %"),
    "jpeg": (_jpeg, "changed slightly or saved again"),
    "brighter": (lambda i: ImageEnhance.Brightness(i).enhance(1.1), "changed slightly or saved again"),
    "darker": (lambda i: ImageEnhance.Brightness(i).enhance(0.9), "changed slightly or saved again"),
    "smaller": (lambda i: i.resize((60, 48)), "rescaled to 50 %"),
    "squashed": (lambda i: i.resize((120, 120)), "rescaled to 89 %"),
    "turned and cropped": (
        lambda i: i.crop((0, 0, 120, 90)).transpose(_TRANSPOSE.ROTATE_90),
        "rotated by 90 degrees, cropped by 6 %",
    ),
    "mirrored and jpeg": (lambda i: _jpeg(i.transpose(_TRANSPOSE.FLIP_LEFT_RIGHT)), "mirrored left to right"),
}


def _exhibit(images: list[Image.Image]) -> tuple[pd.DataFrame, np.ndarray]:
    rows, thumbnails = [], []
    for number, image in enumerate(images):
        pixels = np.asarray(image)
        rows.append(
            {
                "image": f"{number}",
                "kind": "image",
                "error": "",
                "sha256": str(hash(pixels.tobytes())),
                "height": image.height,
                "width": image.width,
                "std": pixels.std(),
            }
        )
        thumbnails.append(thumbnail(Picture(pixels, 8, "")))
    return pd.DataFrame(rows).set_index("image"), np.stack(thumbnails)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_and_described(scene: Scene, change: str) -> None:
    make, words = CHANGES[change]
    images = [scene(number) for number in range(12)]
    (pair,) = near_pairs(*_exhibit([*images, make(images[4])]), seed=0)
    first, second = ("12", "4") if change == "squashed" else ("4", "12")  # more pixels come first
    assert (pair.first, pair.second) == (first, second)
    assert pair.similarity > 0.95
    assert _roughly(pair.how) == _roughly(words)


def _roughly(words: str) -> list[str]:
    """Percentages to the nearest three, so that a pixel of the alignment does not count."""
    return [str(round(int(w) / 3)) if w.isdigit() and int(w) < 60 else w for w in words.split()]


def test_strangers_are_not_pairs(scene: Scene) -> None:
    assert near_pairs(*_exhibit([scene(number) for number in range(80)]), seed=0) == ()


def test_pictures_that_share_almost_everything_are_told_apart(scene: Scene) -> None:
    body = np.asarray(scene(999), float)
    alike = [
        Image.fromarray((0.7 * body + 0.3 * np.asarray(scene(n), float)).astype(np.uint8)) for n in range(60)
    ]
    turned = alike[7].transpose(_TRANSPOSE.ROTATE_90)
    pairs = near_pairs(*_exhibit([*alike, turned]), seed=0)
    assert [{pair.first, pair.second} for pair in pairs] == [{"7", "60"}]


def test_identical_unreadable_and_empty_pictures_are_left_aside(scene: Scene) -> None:
    images = [scene(number) for number in range(5)]
    flat = Image.new("L", (120, 96), 9)
    facts, thumbnails = _exhibit([*images, images[0], flat, Image.new("L", (120, 96), 8)])
    facts.loc["3", "error"] = "damaged"
    assert near_pairs(facts, thumbnails, seed=0) == ()
    assert near_pairs(facts.iloc[:1], thumbnails[:1], seed=0) == ()


def test_the_order_of_the_pictures_does_not_matter(scene: Scene) -> None:
    images = [scene(number) for number in range(8)]
    images += [image.transpose(_TRANSPOSE.FLIP_LEFT_RIGHT) for image in images[:3]]
    there = near_pairs(*_exhibit(images), seed=0)
    back = near_pairs(*_exhibit(images[::-1]), seed=0)

    def named(pairs: tuple[NearPair, ...], last: int) -> set[frozenset[int]]:
        return {frozenset(abs(last - int(name)) for name in (p.first, p.second)) for p in pairs}

    assert named(there, 0) == named(back, 10) == {frozenset((n, 8 + n)) for n in range(3)}


def test_spectrograms_of_signals_are_not_compared(scene: Scene) -> None:
    facts, thumbnails = _exhibit([scene(1), _jpeg(scene(1))])
    assert len(near_pairs(facts, thumbnails, seed=0)) == 1
    assert near_pairs(facts.assign(kind="signal"), thumbnails, seed=0) == ()
