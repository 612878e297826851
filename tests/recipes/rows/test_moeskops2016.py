"""Squares of three sizes: how long the published training is."""

from __future__ import annotations

from thirdeye.recipes.rows.moeskops2016 import BATCH, STEPS_A_ROUND, rounds_for


def test_eight_tissues_are_learnt_from_22_million_voxels() -> None:
    steps = rounds_for(8) * STEPS_A_ROUND
    assert steps == 75_000
    assert steps * BATCH == 10 * 9 * 5 * 50_000
