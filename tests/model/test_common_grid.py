"""Maps of different sizes on one grid keep their means, and so their logits."""

from __future__ import annotations

import pytest
import torch

from thirdeye.model.common_grid import common_side, regridded, shares


@pytest.mark.parametrize(("old", "new"), [(1, 7), (3, 7), (5, 8), (7, 14), (6, 6)])
def test_means_stay(old: int, new: int) -> None:
    maps = torch.randn(2, 3, old, old, generator=torch.Generator().manual_seed(0))
    finer = regridded(maps, new)
    assert finer.shape == (2, 3, new, new)
    assert torch.allclose(finer.mean((2, 3)), maps.mean((2, 3)), atol=1e-6)
    assert torch.allclose(shares(old, new).sum(dim=1), torch.ones(new), atol=1e-6)


def test_a_place_stays_where_it_was() -> None:
    maps = torch.zeros(1, 1, 2, 2)
    maps[0, 0, 0, 1] = 1.0
    assert torch.equal(regridded(maps, 4)[0, 0, :2, 2:], torch.ones(2, 2))
    assert regridded(maps, 4).sum() == 4


def test_the_finest_grid_is_taken() -> None:
    assert common_side([torch.zeros(1, 2, 3, 3), torch.zeros(1, 5, 7, 7), torch.zeros(1, 1, 1, 1)]) == 7
