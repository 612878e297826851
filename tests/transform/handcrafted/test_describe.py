import time

import numpy as np
import pytest

from thirdeye.transform.handcrafted.describe import SIZE_PX, describe, feature_names


def _noise(side: int = SIZE_PX) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "image",
    [
        _noise(),
        np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8),
        np.full((SIZE_PX, SIZE_PX, 3), 255, np.uint8),
        _noise(224),
        _noise(32),
    ],
)
def test_one_finite_vector_for_whatever_comes(image: np.ndarray) -> None:
    features = describe(image)
    assert features.dtype == np.float32
    assert features.shape == (len(feature_names()),)
    assert np.isfinite(features).all()


def test_names_are_unique_and_the_same_image_gives_the_same_numbers() -> None:
    assert len(set(feature_names())) == len(feature_names())
    np.testing.assert_array_equal(describe(_noise()), describe(_noise()))


def test_a_larger_image_is_averaged_down() -> None:
    enlarged = _noise().repeat(2, axis=0).repeat(2, axis=1)
    np.testing.assert_array_equal(describe(enlarged), describe(_noise()))
    pepper = np.indices((2 * SIZE_PX, 2 * SIZE_PX)).sum(axis=0) % 2 * 255
    vector = dict(
        zip(feature_names(), describe(np.stack([pepper] * 3, axis=2).astype(np.uint8)), strict=True)
    )
    assert vector["gradient_mean"] == 0  # averaged to flat grey, not sampled


def test_fast_enough_for_thousands() -> None:
    describe(_noise())
    seconds = []
    for _ in range(5):
        began = time.process_time()
        describe(_noise())
        seconds.append(time.process_time() - began)
    assert min(seconds) < 0.03  # about 5 ms; the rest is for slower machines
