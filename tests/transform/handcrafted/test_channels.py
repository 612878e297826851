from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.handcrafted.channels import CELL_PX, CHANNELS, DIRECTIONS, channel_cells


def test_shape_and_plain_colour() -> None:
    picture = np.zeros((24, 40, 3), np.uint8)
    picture[...] = (255, 0, 51)
    cells = channel_cells(picture, height=25, width=41)
    assert cells.shape == (25 // CELL_PX, 41 // CELL_PX, CHANNELS)
    assert cells[2, 3, :3] == pytest.approx([0.4, 0.5, 0.1], abs=1e-3)
    assert np.abs(cells[..., 3:]).max() < 1e-3  # no edge


@pytest.mark.parametrize(("turned", "direction"), [(False, 0), (True, DIRECTIONS // 2)])
def test_an_edge_lies_in_its_direction(turned: bool, direction: int) -> None:
    """A step from left to right has a gradient along the row (0); turned, along the column (90)."""
    step = np.zeros((32, 32, 3), np.uint8)
    step[:, 16:] = 200
    picture = step.transpose(1, 0, 2).copy() if turned else step
    cells = channel_cells(picture, height=32, width=32)
    directions = cells[..., 4:].sum(axis=(0, 1))
    assert int(np.argmax(directions)) == direction
    assert directions[direction] == pytest.approx(cells[..., 3].sum(), rel=1e-5)
