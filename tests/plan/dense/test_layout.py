"""Patches and levels: what every layout must keep, for any size and spacing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thirdeye.plan.dense.layout import layout_of

SIDES = st.floats(1, 600)
SPACING = st.floats(0.2, 12)


def factors(layout):
    return np.prod(np.array(layout.strides, int).reshape(-1, len(layout.patch)), axis=0)


@settings(deadline=None, max_examples=80)
@given(st.tuples(SIDES, SIDES, SIDES), st.tuples(SPACING, SPACING, SPACING), st.sampled_from([None, 0, 1, 2]))
def test_patches_divide_and_are_bearable(sides, spacing, slicewise):
    found = layout_of(sides, spacing, most_voxels=60_000, slicewise=slicewise)
    assert len(found.strides) == found.levels - 1
    assert not (np.array(found.patch) % factors(found)).any()
    assert np.prod(found.patch) <= max(1.15 * 60_000, np.prod(factors(found)))
    if slicewise is not None:
        assert {kernel[slicewise] for kernel in found.kernels} == {1}
        assert factors(found)[slicewise] == 1


def test_hippocampus_is_seen_whole():
    found = layout_of((35.0, 50.0, 36.0), (1.0, 1.0, 1.0), most_voxels=120_000)
    assert found.patch == (40, 56, 40)
    assert found.levels == 4


def test_a_coarse_axis_waits():
    found = layout_of((320.0, 320.0, 20.0), (0.6, 0.6, 3.0), most_voxels=120_000)
    assert found.strides[0] == (2, 2, 1)
    assert found.kernels[0] == (3, 3, 1)
    assert found.kernels[-1] == (3, 3, 3)


@pytest.mark.parametrize("sides", [(1.0, 1.0, 1.0), (3.0, 200.0, 1.0), (2.0, 2.0, 2.0)])
def test_tiny_volumes_have_a_layout(sides):
    found = layout_of(sides, (1.0, 1.0, 1.0), most_voxels=120_000)
    assert min(found.patch) >= 1
    assert all(patch >= side for patch, side in zip(found.patch, sides, strict=True))
