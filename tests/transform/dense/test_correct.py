"""What is done to an image before the network is part of `prepared`, which training and reading share."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.errors import UsageError
from thirdeye.transform.dense.correct import CORRECTIONS, corrected
from thirdeye.transform.dense.prepare import Preparation, prepared


def volume() -> Volume:
    """A head in a field that doubles from left to right."""
    x, y, _ = np.meshgrid(*[np.linspace(-1, 1, side) for side in (40, 44, 8)], indexing="ij")
    reach = np.hypot(x, y) / 0.9
    image = np.select([reach < 0.7, reach < 0.82, reach < 1.0], [100.0, 12.0, 180.0], 4.0) * 2 ** (x / 2)
    noisy = image + np.random.default_rng(0).normal(0, 2, image.shape)
    return Volume(noisy.clip(0).astype(np.float32), Geometry(np.diag([1.0, 1.0, 3.0, 1.0])), "head")


def test_each_channel_is_corrected_in_order() -> None:
    channels = np.stack([volume().voxels, 2 * volume().voxels]).astype(np.float32)
    found = corrected(channels, CORRECTIONS, (1.0, 1.0, 3.0))
    assert found.shape == channels.shape
    np.testing.assert_allclose(found[1], 2 * found[0], rtol=0.02)
    assert corrected(channels, (), (1, 1, 3)) is channels
    with pytest.raises(UsageError, match="no correction is called 'skull'; there are bias_field, brain"):
        corrected(channels, ("skull",), (1, 1, 3))


def test_a_preparation_with_corrections_blackens_the_scalp_and_levels_the_brain() -> None:
    plain, how = (
        Preparation(axes=3, channels=1, intensity="image", corrections=c) for c in ((), CORRECTIONS)
    )
    before, after = prepared(volume(), plain).array[0], prepared(volume(), how).array[0]
    middle = slice(15, 25), slice(15, 29), slice(None)
    left, right = (slice(8, 12), slice(18, 26), slice(None)), (slice(28, 32), slice(18, 26), slice(None))
    contrast = before[middle].mean() - before.min()
    assert abs(before[left].mean() - before[right].mean()) > 0.3 * contrast
    assert abs(after[left].mean() - after[right].mean()) < 0.1 * (after[middle].mean() - after.min())
    scalp = after[20, 2:4, 4]
    assert (scalp == after.min()).all()


def test_an_earlier_preparation_has_none() -> None:
    form = asdict(Preparation(axes=2, channels=1, intensity="range"))
    del form["corrections"]
    assert Preparation(**form).corrections == ()
