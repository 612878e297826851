from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.errors import DataRefused, UsageError
from thirdeye.recipes.learning.cross_site import CrossSite
from thirdeye.recipes.learning.site_films import learnt_sites, open_films
from thirdeye.recipes.rows.zech2018 import RECIPE
from thirdeye.recipes.system import Known

VALUES = {"sites": (), "image_size_px": 32}
OPTIONS = {"site_column": "hospital", "positive": "ill"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twelve films at north, ten at south, four at west."""
    rng, rows = np.random.default_rng(0), []
    for number, site in enumerate(["north"] * 12 + ["south"] * 10 + ["west"] * 4):
        Image.fromarray(rng.integers(0, 255, (40, 40), dtype=np.uint8)).save(tmp_path / f"f{number:02d}.png")
        rows.append((f"f{number:02d}.png", f"p{number:02d}", site, ("ill", "well")[number % 2]))
    pd.DataFrame(rows, columns=["image", "patient", "hospital", "label"]).to_csv(
        tmp_path / "films.csv", index=False
    )
    return tmp_path


def test_the_smallest_site_is_only_tested_at(data: Path) -> None:
    cases = open_films(data, VALUES, OPTIONS)
    assert cases.inputs["sites"] == ["north", "south"]
    assert cases.arrays["pixels"].shape == (26, 32, 32, 3)
    assert cases.simple.shape == (26, 256)
    there = cases.arrays["site"]
    assert np.bincount(there + 1).tolist() == [4, 12, 10]
    assert set(cases.rows["split"][there == -1]) == {"test"}
    assert {"train", "test"} <= set(cases.rows["split"][there >= 0])
    assert any("only tested at: west" in said for said in cases.understood)


def test_sites_can_be_named(data: Path) -> None:
    cases = open_films(data, {**VALUES, "sites": ("south", "west")}, OPTIONS)
    assert (cases.arrays["site"] == -1).sum() == 12
    with pytest.raises(UsageError, match="no film is from 'east'"):
        open_films(data, {**VALUES, "sites": ("south", "east")}, OPTIONS)


def test_one_hospital_is_too_few(data: Path) -> None:
    with pytest.raises(DataRefused, match=r"two hospitals or more, found 1; name their column with"):
        learnt_sites(pd.DataFrame({"site": ["north", "north", ""]}), ())


def test_new_films_need_neither_site_nor_class(data: Path) -> None:
    known = Known(("ill", "well"), "binary", "ill", {"sites": ["north", "south"]})
    (data / "films.csv").unlink()
    cases = CrossSite().to_read(data, VALUES, {}, known)
    assert len(cases.rows) == 26
    assert (cases.arrays["site"] == -1).all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sites": ("north",)}, "names the two that are learnt from"),
        ({"balance": "some"}, "balance is 'none' or 'within_site'"),
        ({"layers": "few"}, "layers is 'all' or 'head'"),
        ({"epochs": 0}, "epochs is at least 1"),
        ({"image_size_px": 8}, "image_size_px is at least 32"),
    ],
)
def test_values_that_cannot_be_are_refused(changed: dict[str, object], said: str) -> None:
    values = {name: one.value for name, one in RECIPE.published(()).items()}
    with pytest.raises(UsageError, match=said):
        CrossSite().check({**values, **changed})
