"""Views are their own inverse and mean the same in numpy and in torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from thirdeye.transform.views import VIEWS


@pytest.mark.parametrize("name", list(VIEWS))
def test_twice_is_once_and_numpy_is_torch(name: str) -> None:
    image = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    seen = np.flip(image, VIEWS[name])
    assert np.array_equal(np.flip(seen, VIEWS[name]), image)
    assert np.array_equal(torch.from_numpy(image).flip(VIEWS[name]).numpy(), seen)


def test_horizontal_mirrors_left_and_right() -> None:
    row = np.array([[[1, 2], [3, 4]]])
    assert np.flip(row, VIEWS["flip_horizontal"]).tolist() == [[[2, 1], [4, 3]]]
    assert np.flip(row, VIEWS["flip_vertical"]).tolist() == [[[3, 4], [1, 2]]]


def test_they_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        VIEWS["upside_down"] = (-2,)  # type: ignore[index]
