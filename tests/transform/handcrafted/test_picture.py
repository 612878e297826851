import numpy as np
import pytest
from scipy import stats

from thirdeye.errors import UsageError
from thirdeye.transform.handcrafted.picture import moments, percentiles, picture_of, pooled


def test_grey_image_is_recognised_and_scaled() -> None:
    levels = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    picture = picture_of(np.repeat(levels[..., None], 3, axis=2))
    assert not picture.is_colour
    np.testing.assert_allclose(picture.grey, levels / 255, atol=1e-6)
    assert picture.stretched.min() == 0
    assert picture.stretched.max() == 1


def test_colour_image_is_weighted_by_luma() -> None:
    red = np.zeros((40, 40, 3), dtype=np.uint8)
    red[..., 0] = 255
    picture = picture_of(red)
    assert picture.is_colour
    np.testing.assert_allclose(picture.grey, 0.299, atol=1e-5)
    assert not picture.stretched.any()  # constant: nothing to stretch


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 32, 3), np.uint8),
        np.zeros((16, 16, 3), np.uint8),
        np.zeros((64, 64, 3)),
    ],
)
def test_other_shapes_and_types_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(UsageError, match="prepare"):
        picture_of(wrong)


def test_moments_agree_with_scipy() -> None:
    values = np.random.default_rng(0).gamma(2, size=(50, 50)).astype(np.float32)
    expected = (values.mean(), values.std(), stats.skew(values, axis=None), stats.kurtosis(values, axis=None))
    np.testing.assert_allclose(moments(values), expected, rtol=1e-3)


def test_moments_of_a_constant_are_finite() -> None:
    mean, std, skewness, kurtosis = moments(np.full((8, 8), 0.3, np.float32))
    assert mean == pytest.approx(0.3)
    assert std == pytest.approx(0, abs=1e-6)
    assert (skewness, kurtosis) == (0, 0)


def test_percentiles_agree_with_numpy() -> None:
    values = np.random.default_rng(0).random((40, 40)).astype(np.float32)
    expected = np.percentile(values, (5, 50, 95), method="lower")
    np.testing.assert_allclose(percentiles(values, (5, 50, 95)), expected, rtol=1e-6)


def test_pooled_means_of_tiles() -> None:
    values = np.arange(81, dtype=np.float32).reshape(9, 9)
    result = pooled(values, 4)
    assert result.shape == (4, 4)
    assert result[0, 0] == values[:2, :2].mean()
    assert result[3, 3] == values[6:8, 6:8].mean()
