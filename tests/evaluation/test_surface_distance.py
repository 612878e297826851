from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from thirdeye.errors import UsageError
from thirdeye.evaluation.surface_distance import border, surface_distances, worst_distance


@pytest.mark.data
def test_known_answers(known_masks) -> None:
    for case, masks in known_masks:
        found = surface_distances(*masks, spacing=case["spacing"])
        told = case["expected"].get("voxel_border")
        if told is None:
            assert found is None, case["id"]
            continue
        values = {
            "hd": found.hausdorff,
            "hd95_max_of_directed": found.hd95_max_of_directed,
            "hd95_pooled": found.hd95_pooled,
            "assd_pooled": found.assd_pooled,
            "masd_mean_of_directed": found.masd_mean_of_directed,
            **{f"nsd_voxel_tau{tau}": found.nsd(tau) for tau in case["taus"]},
        }
        assert values == pytest.approx(told, rel=1e-6), case["id"]


@pytest.mark.parametrize("shape", [(40, 50), (15, 16, 17)])
def test_against_distance_transforms(rng, shape) -> None:
    size = rng.uniform(0.5, 3, len(shape))
    one, other = (ndimage.gaussian_filter(rng.normal(size=shape), 2) > 0.05 for _ in range(2))
    found = surface_distances(one, other, spacing=size)
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (one, other)]
    away = [ndimage.distance_transform_edt(~edge, sampling=size) for edge in edges]
    assert np.sort(found.to_prediction) == pytest.approx(np.sort(away[1][edges[0]]))
    assert np.sort(found.to_reference) == pytest.approx(np.sort(away[0][edges[1]]))


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (7, 1, 5), (6, 6, 6)])
def test_border_as_by_erosion(rng, shape) -> None:
    mask = rng.random(shape) < 0.8
    assert (border(mask) == (mask & ~ndimage.binary_erosion(mask))).all()


def test_empty_and_worst() -> None:
    assert surface_distances(np.zeros((4, 4)), np.ones((4, 4))) is None
    assert worst_distance((4, 5), (2, 1)) == pytest.approx(np.hypot(6, 4))


@pytest.mark.parametrize("tolerance", [-1.0, float("nan")])
def test_a_tolerance_is_a_distance(tolerance: float) -> None:
    found = surface_distances(np.eye(4), np.eye(4))
    assert found is not None
    with pytest.raises(UsageError, match="tolerance"):
        found.nsd(tolerance)


def test_a_mask_without_axes_is_refused() -> None:
    with pytest.raises(UsageError, match="shape"):
        surface_distances(1, 1)
