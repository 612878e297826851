"""Against the published values of the IBSI's digital phantom."""

from typing import Any

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.transform.radiomics.region import Region
from thirdeye.transform.radiomics.shape_3d import shape_3d

_PUBLISHED = {
    "mesh_volume": "556", "voxel_volume": "592", "surface_area": "388", "surface_volume_ratio": "0.698",
    "compactness_1": "0.0411", "compactness_2": "0.599", "sphericity": "0.843", "asphericity": "0.186",
    "maximum_diameter": "13.1", "major_axis_length": "11.4", "minor_axis_length": "9.31",
    "least_axis_length": "8.54", "elongation": "0.816", "flatness": "0.749", "volume_density_box": "0.869",
    "volume_density_hull": "0.961",
}  # fmt: skip


def test_the_phantom_of_the_ibsi(phantom: Region, matches: Any) -> None:
    matches(shape_3d(phantom.inside, spacing_mm=(2.0, 2.0, 2.0)), _PUBLISHED)


def test_a_ball_is_round_and_spacing_counts() -> None:
    places = np.indices((41, 41, 41)) - 20
    ball = np.sqrt((places**2).sum(axis=0)) <= 15
    found = shape_3d(ball, spacing_mm=(2.0, 1.0, 1.0))
    assert found["mesh_volume"] == pytest.approx(2 * 4 / 3 * np.pi * 15**3, rel=0.01)
    assert found["flatness"] == pytest.approx(0.5, abs=0.01)
    assert shape_3d(ball)["sphericity"] > 0.9


@pytest.mark.parametrize("mask", [np.ones((1, 1, 1)), np.ones((1, 1, 5)), np.ones((1, 3, 3))])
def test_dots_lines_and_sheets_are_finite(mask: np.ndarray) -> None:
    assert np.isfinite(list(shape_3d(mask).values())).all()


def test_empty_masks_and_images_are_refused() -> None:
    with pytest.raises(UsageError, match="not empty"):
        shape_3d(np.zeros((2, 2, 2)))
    with pytest.raises(UsageError, match="volume"):
        shape_3d(np.ones((2, 2)))
