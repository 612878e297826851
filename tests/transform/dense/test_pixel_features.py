from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.dense.pixel_features import feature_names, pixel_features


@pytest.mark.parametrize(("channels", "sides"), [(1, (20, 24)), (3, (16, 16)), (2, (10, 12, 8))])
def test_there_is_a_name_for_every_column(channels: int, sides: tuple[int, ...]) -> None:
    image = np.random.default_rng(0).normal(size=(channels, *sides)).astype(np.float32)
    table = pixel_features(image)
    assert table.shape == (np.prod(sides), len(feature_names(channels, len(sides))))
    assert np.isfinite(table).all()
    at = np.array([3, 17, 5])
    assert np.array_equal(pixel_features(image, at), table[at])


def test_a_bright_line_bends_across_itself_and_not_along() -> None:
    rows = np.arange(41)[:, None] - 20.0
    image = np.repeat(np.exp(-(rows**2) / 8), 41, axis=1).astype(np.float32)[None]
    names = feature_names(1, 2)
    middle = pixel_features(image)[20 * 41 + 20]
    found = dict(zip(names, middle, strict=True))
    height = np.sqrt(4 / 8)  # the line has a variance of 4, the blur adds 4
    bend = height * 2 * (np.exp(-(2**2) / 16) - 1) / 2**2  # central differences over two pixels
    assert found["channel_0_curvature_2_0"] == pytest.approx(2**2 * bend, rel=0.02)
    assert found["channel_0_curvature_2_1"] == pytest.approx(0, abs=1e-4)
    assert found["channel_0_steepness_2"] == pytest.approx(0, abs=1e-4)
    assert (found["place_0"], found["place_1"]) == (0.5, 0.5)


def test_a_volume_of_one_slice_has_features() -> None:
    assert np.isfinite(pixel_features(np.ones((1, 8, 9, 1), np.float32))).all()
