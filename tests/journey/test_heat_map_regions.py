"""Regions of annotators from masks and from boxes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from thirdeye.errors import UsageError
from thirdeye.explanation.exam.regions import SIDE
from thirdeye.journey.heat_map_regions import Regions

PLAN = SimpleNamespace(resize="pad", preparation=())


@pytest.fixture
def data(tmp_path: Path) -> SimpleNamespace:
    """An image twice as wide as high."""
    PIL.Image.fromarray(np.zeros((20, 40), np.uint8)).save(tmp_path / "a.png")
    return SimpleNamespace(root=tmp_path)


def test_masks_and_boxes_agree(data: SimpleNamespace, tmp_path: Path) -> None:
    mask = np.zeros((20, 40), np.uint8)
    mask[5:15, 10:30] = 255
    (tmp_path / "masks").mkdir()
    PIL.Image.fromarray(mask).save(tmp_path / "masks" / "a.png")
    (tmp_path / "boxes.csv").write_text("image,xmin,ymin,xmax,ymax\na.png,10,5,30,15\n", encoding="utf-8")
    by_mask = Regions(tmp_path / "masks", data, PLAN)(["a.png", "b.png"])
    by_box = Regions(tmp_path / "boxes.csv", data, PLAN)(["a.png"])
    assert (by_mask[0] == by_box[0]).all()
    rows, columns = np.nonzero(by_mask[0])
    assert abs(rows.mean() / SIDE - 0.5) < 0.02
    assert np.ptp(columns) == pytest.approx(SIDE / 2, abs=3)
    assert np.ptp(rows) == pytest.approx(SIDE / 4, abs=3)
    assert not by_mask[1].any()


def test_regions_of_other_images_are_refused(data: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "boxes.csv").write_text("image,xmin,ymin,xmax,ymax\nz.png,1,1,3,3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="none of the images"):
        Regions(tmp_path / "boxes.csv", data, PLAN)(["a.png", "z2.png"])
    (tmp_path / "other.csv").write_text("image,x\na.png,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="xmin"):
        Regions(tmp_path / "other.csv", data, PLAN)


def test_a_region_lies_on_the_part_that_the_network_sees(data: SimpleNamespace, tmp_path: Path) -> None:
    rows, columns = np.mgrid[:60, :120]
    eye = (np.hypot(rows - 30, columns - 90) < 25) * 200
    PIL.Image.fromarray(eye.astype(np.uint8)).save(tmp_path / "eye.png")
    table = tmp_path / "boxes.csv"
    table.write_text("image,xmin,ymin,xmax,ymax\neye.png,65,5,90,30\n")
    plan = SimpleNamespace(resize="pad", preparation=(("fundus", 0.0),))
    (found,) = Regions(table, data, plan)(["eye.png"])  # type: ignore[arg-type]
    half = len(found) // 2
    assert found[:half, :half].mean() > 0.8
    assert found[half + 1 :].sum() == found[:, half + 1 :].sum() == 0
