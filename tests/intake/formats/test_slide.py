"""Slides that are computed here: tiled pyramidal TIFFs with tissue-like blobs on glass."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.image import Image
from thirdeye.errors import UnreadableFile, UsageError
from thirdeye.intake.examine import examine
from thirdeye.intake.formats.slide import recognise
from thirdeye.intake.open import open_collection
from thirdeye.intake.pixels import load, load_image
from thirdeye.intake.slide_tiles import tiles_of
from thirdeye.intake.slide_tissue import otsu, tissue_mask

tifffile = pytest.importorskip("tifffile")
pytest.importorskip("openslide")
SIDE = 4096
CENTRE, RADIUS = (1400, 2600), 900  # x, y


def painted(side: int = SIDE, *, tissue: bool = True, seed: int = 0) -> np.ndarray:
    """Pale glass with a shadow, one pink disc with blue nuclei, and a dark pen stroke without colour."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side]
    picture = np.full((side, side, 3), 243, np.uint8)
    picture -= (columns // (side // 12))[..., None].astype(np.uint8)
    picture[side // 20 : side // 18] = 20
    if tissue:
        scale = side / SIDE
        disc = (columns - CENTRE[0] * scale) ** 2 + (rows - CENTRE[1] * scale) ** 2 < (RADIUS * scale) ** 2
        picture[disc] = (225, 150, 190)
        nuclei = disc & (rng.random((side, side)) < 0.2)
        picture[nuclei] = (90, 60, 150)
    return picture


def write_slide(path: Path, picture: np.ndarray, *, mpp: float | None = 0.5, aperio: bool = False) -> None:
    """Levels of 1, 1/2, 1/4 ... in tiles of 256."""
    described = "Aperio Image Library v12\n4096x4096 |AppMag = 20|Patient = Jane Doe"
    described += f"|MPP = {mpp}" if mpp else ""
    with tifffile.TiffWriter(path) as writer:
        shown = picture
        for level in range(5):
            step = 2**level
            shown = picture if level == 0 else shown.reshape(-1, 2, len(shown[0]) // 2, 2, 3).mean((1, 3))
            options = {"resolution": (1e4 / mpp / step,) * 2, "resolutionunit": "CENTIMETER"} if mpp else {}
            writer.write(
                shown.astype(np.uint8),
                tile=(256, 256),
                photometric="rgb",
                subfiletype=1 if level else 0,
                description=described if aperio else "",
                metadata=None,
                **options,
            )


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slides")
    write_slide(folder / "a.svs", painted(), aperio=True)
    write_slide(folder / "b.tif", painted())
    return folder


@pytest.mark.parametrize("name", ["a.svs", "b.tif"])
def test_the_overview(slides: Path, name: str) -> None:
    item = load(slides, name)
    assert isinstance(item, Image)
    assert item.pixels.shape == (2048, 2048, 3)
    assert item.spacing_mm == pytest.approx((0.001, 0.001))
    assert item.attributes["format"] == "SLIDE"
    assert item.attributes["mpp"] == "0.5"
    assert "Doe" not in str(item.attributes)
    truth = painted()[::2, ::2].astype(int)
    assert np.abs(item.pixels.astype(int) - truth)[1300, 200:].mean() < 40
    assert np.abs(item.pixels[100, 100].astype(int) - truth[100, 100]).max() <= 2


def test_tissue_is_found_and_pen_and_shadow_are_not(slides: Path) -> None:
    mask = tissue_mask(load_image(slides, "b.tif").pixels)  # type: ignore[arg-type]
    rows, columns = np.mgrid[:2048, :2048]
    truth = (columns - CENTRE[0] / 2) ** 2 + (rows - CENTRE[1] / 2) ** 2 < (RADIUS / 2) ** 2
    assert 2 * (mask & truth).sum() / (mask.sum() + truth.sum()) > 0.98
    assert not tissue_mask(painted(512, tissue=False)).any()


def test_otsu_against_scikit_image() -> None:
    from skimage.filters import threshold_otsu

    rng = np.random.default_rng(1)
    values = np.r_[rng.normal(70, 25, 4000), rng.normal(150, 30, 1500)].clip(0, 255).astype(np.float32)
    assert otsu(values) == pytest.approx(threshold_otsu(values, nbins=256), abs=1.5)
    assert otsu(np.full(9, 7, np.float32)) == 7


def test_a_tile_of_the_finest_level_is_exact(slides: Path) -> None:
    tile = load_image(slides, "b.tif#tile=1000,2400,300")
    np.testing.assert_array_equal(tile.pixels, painted()[2400:2700, 1000:1300])
    assert tile.spacing_mm == pytest.approx((0.0005, 0.0005))


def test_a_tile_at_a_stated_resolution(slides: Path) -> None:
    tile = load_image(slides, "a.svs#tile=1024,2048,256,2.0")
    truth = painted()[2048:3072, 1024:2048].reshape(256, 4, 256, 4, 3).mean((1, 3))
    assert np.abs(tile.pixels - truth).mean() < 1
    assert tile.spacing_mm == pytest.approx((0.002, 0.002))
    assert tile.attributes["format"] == "TILE"


def test_what_lies_outside_is_glass(slides: Path) -> None:
    tile = load_image(slides, "b.tif#tile=4000,4000,200").pixels
    assert (tile[100:, 100:] == 255).all()


def test_the_grid_covers_the_tissue(slides: Path) -> None:
    tiles = tiles_of(slides, "b.tif", mpp=1.0, size_px=128, min_tissue=0.5)
    assert set(tiles["case"]) == {"b.tif"}
    assert (tiles["x"] % 256 == 0).all()
    area = len(tiles) * 256**2
    assert area == pytest.approx(np.pi * RADIUS**2, rel=0.06)
    centre = np.hypot(tiles["x"] + 128 - CENTRE[0], tiles["y"] + 128 - CENTRE[1])
    assert centre.max() < RADIUS + 128
    whole = tiles_of(slides, "b.tif", mpp=1.0, size_px=128, min_tissue=1.0)
    assert len(whole) < len(tiles) < len(tiles_of(slides, "b.tif", mpp=1.0, size_px=128, min_tissue=0.01))
    assert len(tiles_of(slides, "b.tif", mpp=1.0, size_px=128, step=0.5)) == pytest.approx(
        4 * len(tiles), rel=0.1
    )
    first = load_image(slides, tiles["image"].iloc[0])
    assert first.pixels.shape == (128, 128, 3)


def test_tiles_that_cannot_be(slides: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"scanned at 0\.5 microns per pixel"):
        tiles_of(slides, "b.tif", mpp=0.1)
    with pytest.raises(UsageError, match="min_tissue"):
        tiles_of(slides, "b.tif", mpp=1, min_tissue=3)
    write_slide(tmp_path / "c.svs", painted(1024), mpp=None)
    with pytest.raises(UnreadableFile, match="does not say its resolution"):
        tiles_of(tmp_path, "c.svs", mpp=1)
    for part in ("tile=1,2", "tile=1,2,0", "tile=1,2,99999", "frame=3", "tile=a,b,c"):
        with pytest.raises(UnreadableFile):
            load(slides, f"b.tif#{part}")


def test_damaged_slides_and_the_missing_extra(
    slides: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.svs").write_bytes(b"II*\0 no slide at all")
    with pytest.raises(UnreadableFile, match="damaged slide, or of a kind"):
        load(tmp_path, "x.svs")
    monkeypatch.setitem(sys.modules, "openslide", None)
    with pytest.raises(UnreadableFile, match=r"needs the extra 'slides': pip install"):
        load(slides, "a.svs")


def test_ordinary_tiffs_stay_pictures(tmp_path: Path) -> None:
    for bigtiff in (False, True):
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((64, 64), np.uint8), bigtiff=bigtiff)
        assert not recognise((tmp_path / "a.tif").read_bytes()[:560], "a.tif")
        tifffile.imwrite(tmp_path / "b.tif", np.zeros((64, 4096), np.uint8), bigtiff=bigtiff, tile=(64, 64))
        assert recognise((tmp_path / "b.tif").read_bytes()[:560], "b.tif")


def test_slides_in_class_folders(tmp_path: Path) -> None:
    for i in range(6):
        folder = tmp_path / ("tumour" if i % 2 else "normal")
        folder.mkdir(exist_ok=True)
        mpp = None if i == 0 else 0.25 if i == 1 else 0.5
        write_slide(folder / f"{i}.svs", painted(1024, tissue=i != 2, seed=i), mpp=mpp, aperio=True)
    examination = examine(open_collection(tmp_path, patient_is_image=True, positive="tumour"))
    facts = examination.facts
    assert (facts["error"] == "").all()
    assert facts.loc["tumour/3.svs", "mpp"] == 0.5
    assert facts.loc["tumour/3.svs", "slide_width"] == 1024
    found = {(f.check, f.severity): f.cases for f in examination.findings if f.check.startswith("slide.")}
    assert found == {
        ("slide.resolution", "warning"): ("normal/0.svs",),
        ("slide.resolution", "info"): ("tumour/1.svs",),
        ("slide.tissue", "warning"): ("normal/2.svs",),
    }
