"""Patches lie where dense reading looks, stay sharp unless turned freely, and keep their class."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from thirdeye.training.sliding import patches
from thirdeye.training.sliding.cases import SlidingCase
from thirdeye.training.sliding.draw import Places
from thirdeye.training.sliding.patches import cut_patches
from thirdeye.transform.sliding.tiles import normalised


def _case() -> SlidingCase:
    pixels = np.random.default_rng(0).integers(0, 256, (60, 70, 3), np.uint8)
    return SlidingCase(pixels, np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))


def _at(*places: tuple[int, int]) -> Places:
    return Places(np.zeros(len(places), np.int64), np.array(places), np.arange(len(places)))


def test_a_patch_that_is_not_turned_freely_is_one_of_eight_views(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "STRAIGHT", 1.0)
    case = _case()
    plain = normalised(case.pixels[26:34, 36:44])
    views = [np.rot90(side, turns) for side in (plain, plain[:, ::-1]) for turns in range(4)]
    rng = np.random.default_rng(0)
    found, classes = cut_patches([case], _at(*[(30, 40)] * 40), 8, rng, tone=0.0)
    assert classes.tolist() == list(range(40))
    seen = set()
    for patch in found.numpy():
        gaps = [np.abs(np.moveaxis(patch, 0, 2) - view).max() for view in views]
        assert min(gaps) < 1e-4
        seen.add(int(np.argmin(gaps)))
    assert len(seen) == 8


def test_free_turns_keep_the_middle() -> None:
    rows, columns = np.mgrid[:81, :81]
    bump = 255 * np.exp(-((rows + 0.5 - 40) ** 2 + (columns + 0.5 - 40) ** 2) / (2 * 3.0**2))
    case = SlidingCase(bump.astype(np.uint8)[..., None], np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0))
    found, _ = cut_patches([case], _at(*[(40, 40)] * 20), 24, np.random.default_rng(0), tone=0.0)
    weights = (found[:, 0] + 1).double()
    steps = torch.arange(24).double() + 0.5
    down = (weights.sum(2) * steps).sum(1) / weights.sum((1, 2))
    across = (weights.sum(1) * steps).sum(1) / weights.sum((1, 2))
    torch.testing.assert_close(down, torch.full((20,), 12.0).double(), atol=0.1, rtol=0)
    torch.testing.assert_close(across, torch.full((20,), 12.0).double(), atol=0.1, rtol=0)


def test_tone_changes_patches_and_the_seed_decides() -> None:
    case = _case()
    plain, _ = cut_patches([case], _at((30, 40)), 8, np.random.default_rng(1), tone=0.0)
    one, _ = cut_patches([case], _at((30, 40)), 8, np.random.default_rng(1), tone=1.0)
    same, _ = cut_patches([case], _at((30, 40)), 8, np.random.default_rng(1), tone=1.0)
    assert (one - plain).abs().max() > 0.01
    torch.testing.assert_close(one, same)
