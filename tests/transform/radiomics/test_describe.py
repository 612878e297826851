import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.transform.radiomics.describe import describe_region

FAMILIES = {"firstorder": 20, "shape": 20, "glcm": 24, "glrlm": 16, "glszm": 16, "ngtdm": 5, "gldm": 16}


def _count(found: dict[str, float]) -> dict[str, int]:
    return {family: sum(name.startswith(f"{family}_") for name in found) for family in FAMILIES}


def test_images_and_volumes_have_the_same_families() -> None:
    random = np.random.default_rng(0)
    flat = describe_region(random.random((20, 30)), np.ones((20, 30)))
    deep = describe_region(random.random((5, 9, 9)), np.ones((5, 9, 9)), spacing_mm=(3, 1, 1))
    assert _count(flat) == FAMILIES
    assert _count(deep) == FAMILIES | {"shape": 16}
    assert deep["shape_voxel_volume"] == 5 * 9 * 9 * 3


def test_only_what_is_inside_counts() -> None:
    image = np.random.default_rng(1).random((16, 16))
    mask = np.zeros((16, 16), bool)
    mask[4:12, 5:11] = True
    elsewhere = np.where(mask, image, 99.0)
    assert describe_region(image, mask) == describe_region(elsewhere, mask)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 1, 1), (3, 3)])
def test_tiny_and_constant_regions_are_finite(shape: tuple[int, ...]) -> None:
    found = describe_region(np.full(shape, 4.0), np.ones(shape))
    assert np.isfinite(list(found.values())).all()


def test_values_that_are_not_finite_are_outside() -> None:
    image = np.array([[1.0, 2.0, np.nan], [3.0, 4.0, np.inf]])
    assert describe_region(image, np.ones((2, 3)))["shape_pixel_area"] == 4
    with pytest.raises(UsageError, match="empty"):
        describe_region(np.full((2, 2), np.nan), np.ones((2, 2)))
    with pytest.raises(UsageError, match="must match"):
        describe_region(image, np.ones((3, 2)))
