from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.intake.facts import ImageFacts, affine_of, canonical, facts_of_item, moments, pixel_hash
from thirdeye.intake.pixels import load_image


def measure(folder: Path, name: str) -> ImageFacts:
    return facts_of_item(name, load_image(folder, name))


def test_facts_of_a_readable_image(tmp_path: Path) -> None:
    pixels = np.array([[0, 10, 20], [30, 40, 50]], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    facts = measure(tmp_path, "a.png")
    assert (facts.height, facts.width, facts.bits, facts.is_colour, facts.error) == (2, 3, 8, False, "")
    assert (facts.mean, facts.minimum, facts.maximum) == (25.0, 0.0, 50.0)
    assert facts.std == pytest.approx(np.std(pixels))
    assert facts.format == "PNG"


def test_resaved_copies_have_one_hash(tmp_path: Path, picture: Callable[[int], np.ndarray]) -> None:
    grey = Image.fromarray(picture(1))
    grey.save(tmp_path / "a.png")
    grey.save(tmp_path / "a.bmp")
    grey.save(tmp_path / "a.tif", compression="tiff_lzw")
    grey.convert("RGB").save(tmp_path / "rgb.png")
    grey.convert("RGBA").save(tmp_path / "rgba.png")
    Image.fromarray(picture(1).astype(np.uint16) * 257).save(tmp_path / "wide.png")
    hashes = {measure(tmp_path, path.name).sha256 for path in tmp_path.iterdir()}
    assert len(hashes) == 1
    assert measure(tmp_path, "rgb.png").is_colour is False


def test_different_pictures_have_different_hashes() -> None:
    base = np.arange(12, dtype=np.uint8).reshape(3, 4)
    others = [base.reshape(4, 3), base.astype(np.uint16) + 1, base.T, np.stack([base, base, base + 1], -1)]
    assert len({pixel_hash(canonical(pixels)) for pixels in (base, *others)}) == 5


def test_a_constant_16_bit_image_of_low_values_stays_deep() -> None:
    assert canonical(np.full((2, 2), 300, np.uint16)).dtype == np.uint16
    assert canonical(np.full((2, 2), 257, np.uint16)).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (1500, 900), (700, 600, 3)])
def test_moments_agree_with_numpy(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(4).integers(0, 65536, shape, dtype=np.uint16)
    mean, std = moments(pixels)
    assert mean == pytest.approx(pixels.mean(), rel=1e-12)
    assert std == pytest.approx(pixels.std(), rel=1e-9)


def test_facts_of_a_volume() -> None:
    affine = np.array([[0, 0, 3.0, 1 / 3], [-0.7, 0, 0, 2], [0, 0.9, 0, 3], [0, 0, 0, 1]])
    voxels = np.arange(2 * 3 * 4 * 2, dtype=np.int16).reshape(2, 3, 4, 2)
    facts = facts_of_item("v.nii", Volume(voxels, Geometry(affine), "v.nii", "MR", {"geometry": "doubtful"}))
    assert (facts.kind, facts.width, facts.height, facts.depth, facts.channels) == ("volume", 2, 3, 4, 2)
    assert (facts.column_spacing_mm, facts.row_spacing_mm, facts.slice_spacing_mm) == (0.7, 0.9, 3.0)
    assert (facts.orientation, facts.geometry, facts.modality) == ("PSR", "doubtful", "MR")
    assert (facts.mean, facts.std) == (pytest.approx(voxels.mean()), pytest.approx(voxels.std()))
    assert (facts.minimum, facts.maximum, facts.bits) == (0, 47, 16)
    assert affine_of(facts.affine).tobytes() == affine.tobytes()
