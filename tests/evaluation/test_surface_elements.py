from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from thirdeye.errors import UsageError
from thirdeye.evaluation.surface_elements import _areas, _lengths, surface_elements


@pytest.mark.data
def test_known_answers(known_masks) -> None:
    compared = 0
    for case, masks in known_masks:
        told = case["expected"].get("surfel_deepmind")
        found = surface_elements(*masks, spacing=case["spacing"])
        if told is None or found is None:
            assert case["expected"].get("voxel_border") is None, case["id"]
            continue
        values = {
            "hd100": found.percentile(100),
            "hd95": found.hd95_surfel,
            "avg_gt_to_pred": found.asd_reference_to_prediction_surfel,
            "avg_pred_to_gt": found.asd_prediction_to_reference_surfel,
            **{f"nsd_surfel_tau{tau}": found.nsd_surfel(tau) for tau in case["taus"]},
        }
        assert values == pytest.approx(told, rel=1e-6), case["id"]
        compared += 1
    assert compared > 10


def test_outlines_have_the_length_of_the_shapes() -> None:
    """A rectangle of 3 x 5 pixels of 2 x 1 mm, corners cut: 2 (3 - 1) 2 + 2 (5 - 1) + 4 half diagonals."""
    mask = np.zeros((9, 9), bool)
    mask[2:5, 2:7] = True
    found = surface_elements(mask, mask, spacing=(2, 1))
    assert found.reference_size.sum() == pytest.approx(2 * 2 * 2 + 2 * 4 + 4 * np.hypot(2, 1) / 2)
    assert (found.hd95_surfel, found.nsd_surfel(0)) == (0, 1)


def test_the_area_of_a_ball_is_near_its_formula() -> None:
    """Steps of a binary mask add a tenth, as they do in every marching cube."""
    spacing = np.array([1.0, 0.5, 0.8])
    grid = np.stack(np.meshgrid(*(np.arange(60) * step for step in spacing), indexing="ij"), -1)
    ball = ((grid - grid[30, 30, 30]) ** 2).sum(axis=-1) < 10**2
    found = surface_elements(ball, ball, spacing=spacing)
    assert found.reference_size.sum() == pytest.approx(4 * np.pi * 10**2, rel=0.12)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 1.0, 3.0)])
def test_areas_do_not_change_with_inside_out_or_mirroring(spacing) -> None:
    areas = _areas(spacing)
    assert areas == pytest.approx(areas[::-1])
    cubes = (np.arange(256)[:, None] >> np.arange(7, -1, -1) & 1).reshape(-1, 2, 2, 2)
    for axis in (1, 2, 3):
        codes = (np.flip(cubes, axis).reshape(-1, 8) << np.arange(7, -1, -1)).sum(axis=1)
        flat = np.array([bin(code).count("1") in (1, 2, 7) for code in range(256)])
        assert areas[codes][flat] == pytest.approx(areas[flat])
    assert _lengths((2.0, 1.0)) == pytest.approx(_lengths((2.0, 1.0))[::-1])


def test_touching_the_border_of_the_image_closes_the_surface(rng) -> None:
    mask = ndimage.gaussian_filter(rng.normal(size=(12, 13, 14)), 1.5) > 0
    inner, padded = surface_elements(mask, mask), surface_elements(np.pad(mask, 3), np.pad(mask, 3))
    assert np.sort(inner.reference_size) == pytest.approx(np.sort(padded.reference_size))


def test_empty_masks_and_wrong_axes() -> None:
    assert surface_elements(np.zeros((4, 4)), np.ones((4, 4))) is None
    with pytest.raises(UsageError, match="two or three"):
        surface_elements(np.ones(4), np.ones(4))
    found = surface_elements(np.ones((4, 4)), np.ones((4, 4)))
    for call in (lambda: found.percentile(0), lambda: found.nsd_surfel(-1)):
        with pytest.raises(UsageError):
            call()
