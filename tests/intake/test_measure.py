from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from thirdeye.intake.measure import measure_all_of


def test_an_unreadable_image_is_a_fact(tmp_path: Path) -> None:
    measured = measure_all_of(tmp_path, "none.png")
    assert measured.facts["error"] == "does not exist"
    assert measured.facts["sha256"] == ""
    assert measured.thumbnail is None


def test_a_thumbnail_is_a_grey_square_over_the_full_range(
    tmp_path: Path, picture: Callable[[int], np.ndarray]
) -> None:
    Image.fromarray(picture(3)).resize((300, 100)).convert("RGB").save(tmp_path / "a.png")
    thumbnail = measure_all_of(tmp_path, "a.png").thumbnail
    assert thumbnail is not None
    assert (thumbnail.shape, thumbnail.dtype) == ((64, 64), np.uint8)
    assert (thumbnail.min(), thumbnail.max()) == (0, 255)
