"""Signals with known samples."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def two_channels() -> np.ndarray:
    """(2, 1000) float64 in mV at 250 Hz: a sine of 10 Hz, and noise."""
    time = np.arange(1000) / 250
    return np.stack([np.sin(2 * np.pi * 10 * time), np.random.default_rng(3).normal(0, 0.4, 1000)])
