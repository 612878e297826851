"""Cells lie where the file says, apart from each other, among as many lookalikes as asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thirdeye.dataset.phantoms_cells import CELLS, RADIUS, draw_tissue, write_cell_phantoms
from thirdeye.errors import UsageError


def test_cells_are_dark_where_the_boxes_are(tmp_path: Path) -> None:
    write_cell_phantoms(tmp_path, cases=5, seed=3)
    document = json.loads((tmp_path / "annotations.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in document["categories"]] == list(CELLS)
    assert len(document["images"]) == 5
    assert len(document["annotations"]) >= 10
    for one in document["annotations"]:
        pixels = np.asarray(Image.open(tmp_path / document["images"][one["image_id"] - 1]["file_name"]))
        left, top, width, height = one["bbox"]
        inside = pixels[int(top) + 3 : int(top + height) - 3, int(left) + 3 : int(left + width) - 3]
        assert inside.mean() < 0.7 * pixels.mean()


def test_lookalikes_are_as_dark_but_not_listed() -> None:
    pixels, found = draw_tissue(np.random.default_rng(0), (224, 224), cells=0, lookalikes=6)
    assert not found
    dark = (pixels.mean(axis=2) < 140).sum()
    assert 3 * np.pi * RADIUS**2 < dark < 12 * np.pi * RADIUS**2


def test_the_same_seed_gives_the_same_pictures(tmp_path: Path) -> None:
    one, other = (write_cell_phantoms(tmp_path / name, cases=4, seed=1) for name in "ab")
    assert (one / "images/tissue-002.png").read_bytes() == (other / "images/tissue-002.png").read_bytes()


def test_too_few_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 4"):
        write_cell_phantoms(tmp_path, cases=3)
