"""Attenuation, noise and blur against their formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from thirdeye.dataset.phantoms_machine import MACHINES, blurred, display, expose
from thirdeye.dataset.phantoms_projection import Paths

# Water and cortical bone (density 1.92) at 60 and 80 keV, cm^2/g: NIST, Hubbell and Seltzer.
NIST = {"hospital-a": (0.1837, 0.2229), "hospital-b": (0.2059, 0.3148)}


def test_attenuation_is_that_of_the_tables() -> None:
    for machine in MACHINES:
        water, bone = NIST[machine.name]
        assert machine.soft_per_mm == pytest.approx(water / 10, rel=1e-3)
        assert machine.bone_per_mm == pytest.approx(bone * 1.92 / 10, rel=1e-3)


@pytest.mark.parametrize("sigma", [1.0, 3.0, 20.0])
def test_blur_agrees_with_scipy(sigma: float) -> None:
    image = np.random.default_rng(0).random((90, 77))
    theirs = gaussian_filter(image, sigma, mode="reflect", truncate=4.0)
    np.testing.assert_allclose(blurred(image, sigma)[5:-5, 5:-5], theirs[5:-5, 5:-5], atol=0.01)


def test_more_tissue_is_brighter_and_noise_is_poisson() -> None:
    plain = replace(MACHINES[0], scatter=0.0, blur_mm=1e-3, sharpening=0.0)
    shape = (plain.detector.rows, plain.detector.columns)
    soft = np.where(np.arange(shape[1]) < 96, 20.0, 120.0) * np.ones(shape)
    rng = np.random.default_rng(1)
    picture = expose(Paths(soft, np.zeros(shape)), plain, rng)
    assert picture.dtype == np.uint16
    assert picture[:, 96:].mean() > picture[:, :96].mean() + 20_000
    few = expose(Paths(soft, np.zeros(shape)), replace(plain, photons=500), np.random.default_rng(1))
    assert few[:, 96:].std() > 5 * picture[:, 96:].std()


def test_display_uses_the_whole_range() -> None:
    ramp = np.linspace(0, 5, MACHINES[0].detector.rows)[:, None] * np.ones(MACHINES[0].detector.columns)
    picture = display(ramp, MACHINES[0])
    assert (picture.min(), picture.max()) == (0, 65535)
    middle = picture[20:-20, 50].astype(int)
    assert np.all(np.diff(middle) > 0)
