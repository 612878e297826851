"""Values of any kind on 16 bits."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.reading_room.pictures.compact import compact


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([0, 255], np.int64), np.uint8),
        (np.array([0.0, 256.0]), np.uint16),
        (np.array([-1024.0, 3071.0], np.float32), np.int16),
        (np.array([-5, 5], np.int16), np.int16),
    ],
)
def test_whole_numbers_stay_as_they_are(values, kind) -> None:
    found, slope, intercept = compact(values)
    assert found.dtype == kind
    assert (slope, intercept) == (1, 0)
    assert (found == values).all()


def test_other_numbers_are_off_by_half_a_step_at_most() -> None:
    values = np.random.default_rng(2).normal(0, 1e-3, (50, 60))
    found, slope, intercept = compact(values)
    assert found.dtype == np.uint16
    assert np.abs(found * slope + intercept - values).max() <= 0.5001 * np.ptp(values) / 65535


def test_a_constant_of_any_size() -> None:
    found, slope, intercept = compact(np.full((2, 2), 1e30))
    assert (found * slope + intercept == 1e30).all()
