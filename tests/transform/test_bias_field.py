"""A field that was laid over a phantom is taken away again, about as by SimpleITK."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.bias_field import sharpened, without_bias_field
from thirdeye.transform.head_mask import head_mask


def phantom(seed: int, sides: tuple[int, ...] = (48, 52, 16), strength: float = 0.4):
    """Image, tissue of each place (0: outside) and the field that was laid over it."""
    rng = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(*[np.linspace(-1, 1, side) for side in sides], indexing="ij"))
    reach = np.sqrt((at[:2] ** 2).sum(axis=0))
    tissue = np.select([reach < 0.25, reach < 0.6, reach < 0.8], [3, 2, 1], 0)
    image = np.select([tissue == 1, tissue == 2, tissue == 3], [100.0, 150.0, 60.0], 5.0)
    slopes = rng.normal(0, 1, len(sides))
    field = np.exp(strength * np.tensordot(slopes / np.abs(slopes).sum(), at, axes=1))
    noisy = image * field + rng.normal(0, 3, sides)
    return noisy.clip(0).astype(np.float32), tissue, field


def spread(image: np.ndarray, tissue: np.ndarray) -> float:
    """Relative spread within a tissue, mean over tissues."""
    return float(np.mean([image[tissue == k].std() / image[tissue == k].mean() for k in (1, 2, 3)]))


@pytest.mark.parametrize("sides", [(48, 52, 16), (90, 100)])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_field_is_found_and_taken_away(seed: int, sides: tuple[int, ...]) -> None:
    image, tissue, field = phantom(seed, sides)
    found = without_bias_field(image, head_mask(image))
    assert spread(found, tissue) < 0.6 * spread(image, tissue)
    inside = tissue > 0
    removed = np.log(image[inside]) - np.log(found[inside])
    assert np.corrcoef(removed, np.log(field[inside]))[0, 1] > 0.9
    assert found.dtype == np.float32
    assert np.log(found[inside]).mean() == pytest.approx(np.log(image[inside]).mean(), abs=0.05)


def test_an_image_without_a_field_stays_nearly_as_it_is() -> None:
    image, tissue, _ = phantom(2, strength=0.0)
    found = without_bias_field(image, head_mask(image))
    ratio = found[tissue > 0] / image[tissue > 0]
    assert ratio.std() / ratio.mean() < 0.03


@pytest.mark.slow
def test_the_field_is_that_of_simpleitk() -> None:
    sitk = pytest.importorskip("SimpleITK")
    image, tissue, _ = phantom(3)
    inside = head_mask(image)
    found = without_bias_field(image, inside)
    reference = sitk.N4BiasFieldCorrection(
        sitk.GetImageFromArray(image), sitk.GetImageFromArray(inside.astype(np.uint8))
    )
    theirs = sitk.GetArrayFromImage(reference)
    known = (tissue > 0) & (theirs > 0)
    ours = np.log(image[known] / found[known])
    assert np.corrcoef(ours, np.log(image[known] / theirs[known]))[0, 1] > 0.95
    assert spread(found, tissue) < 1.1 * spread(theirs, tissue)


def test_what_cannot_be_corrected_is_left_alone() -> None:
    flat = np.full((20, 20), 7.0, np.float32)
    assert without_bias_field(flat, np.ones((20, 20), bool)) is flat
    few = np.arange(400, dtype=np.float32).reshape(20, 20)
    assert without_bias_field(few, np.zeros((20, 20), bool)) is few
    below = -np.ones((20, 20), np.float32)
    assert without_bias_field(below, np.ones((20, 20), bool)) is below


def test_sharpening_draws_values_to_the_peaks_of_the_histogram() -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.normal(4, 0.06, 5000), rng.normal(5, 0.06, 5000)])
    sharp = sharpened(values, np.ones(values.shape, bool))
    for middle in (4, 5):
        near = np.abs(values - middle) < 0.3
        assert sharp[near].std() < 0.6 * values[near].std()
        assert sharp[near].mean() == pytest.approx(middle, abs=0.03)
