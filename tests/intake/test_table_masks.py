"""A table that names masks: what is not there is said in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.open import open_collection


@pytest.mark.parametrize(
    ("masks", "options", "said"),
    [
        ("x_{}.png", {}, "names 4 masks, none of which is there, the first is 'x_0.png'"),
        ("", {}, "names no mask; name masks"),
        ("x_{}.png", {"image_column": "mask"}, "'mask' is an image that is there, the first is 'x_0.png'"),
    ],
)
def test_what_is_not_there_is_named(
    write_images: Callable[..., Path], masks: str, options: dict[str, str], said: str
) -> None:
    folder = write_images(*(f"{row}.png" for row in range(4)))
    lines = [f"{row}.png,{masks.format(row)}" for row in range(4)]
    (folder / "t.csv").write_text("\n".join(["image,mask", *lines]), encoding="utf-8")
    with pytest.raises(DataRefused, match=said):
        open_collection(folder, **options)


def test_one_mask_is_enough(write_images: Callable[..., Path]) -> None:
    folder = write_images("0.png", "1.png", "m/a.png")
    (folder / "t.csv").write_text("image,mask\n0.png,m/a.png\n1.png,m/b.png\n", encoding="utf-8")
    found = open_collection(folder)
    assert found.task == "segmentation"
    assert list(found.masks["mask"]) == ["m/a.png"]
