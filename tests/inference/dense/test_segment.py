"""Members and mirrored views are averaged; the way back to the image's own grid."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.case.geometry import Geometry
from thirdeye.case.volume import Volume
from thirdeye.inference.dense.segment import Reader, segment
from thirdeye.transform.dense.prepare import Preparation, prepared
from thirdeye.transform.dense.windows import Windows


class Ramp:
    """Answers with the position along the first axis, so that mirroring shows."""

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def run(self, windows: np.ndarray) -> np.ndarray:
        ramp = np.arange(windows.shape[2], dtype=np.float32).reshape(1, 1, -1, *[1] * (windows.ndim - 3))
        return np.concatenate([0 * windows, 0 * windows + self.factor * ramp], axis=1)


def test_members_are_averaged() -> None:
    windows = np.zeros((1, 1, 5, 4), np.float32)
    found = Reader([Ramp(1.0), Ramp(3.0)], ()).run(windows)
    np.testing.assert_allclose(found[0, 1, :, 0], 2.0 * np.arange(5))


def test_mirrored_views_are_turned_back_and_averaged() -> None:
    windows = np.zeros((1, 1, 5, 4), np.float32)
    reader = Reader([Ramp(1.0)], (1, 0))
    assert reader.views == [(), (0,), (1,), (0, 1)]
    np.testing.assert_allclose(reader.run(windows)[0, 1], np.full((5, 4), 2.0))  # half up, half down


def test_no_member_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="member"):
        Reader([], ()).run(np.zeros((1, 1, 2, 2), np.float32))


class Bright:
    """Answers with the value itself."""

    def run(self, windows: np.ndarray) -> np.ndarray:
        return np.concatenate([0 * windows, windows], axis=1)


@pytest.mark.parametrize("spacing", [None, (1.0, 1.0, 1.0), (2.0, 1.5, 3.0)], ids=str)
def test_labels_come_back_on_the_image_s_own_grid(spacing: tuple[float, float, float] | None) -> None:
    voxels = np.zeros((18, 24, 16), np.float32)
    voxels[4:13, 6:20, 5:12] = 100
    affine = np.array([[0, -2.0, 0, 3], [1.5, 0, 0, 4], [0, 0, 3.0, 5], [0, 0, 0, 1]])
    volume = Volume(voxels, Geometry(affine), "box")
    how = Preparation(3, 1, "window", window=(0, 100, 50, 50), spacing_mm=spacing)
    found = segment(Reader([Bright()], ()), prepared(volume, how), Windows((8, 8, 8)), {}, n_structures=1)
    assert found.shape == voxels.shape
    share = (found == (voxels > 50)).mean()
    assert share == 1 if spacing in (None, (2.0, 1.5, 3.0)) else share > 0.97
