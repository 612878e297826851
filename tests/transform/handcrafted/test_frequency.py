import numpy as np
import pytest

from thirdeye.transform.handcrafted.frequency import (
    DIRECTIONS,
    WAVELENGTHS,
    frequency,
    gabor,
    gabor_bank,
    haar_step,
)
from thirdeye.transform.handcrafted.picture import picture_of


def test_energy_equals_the_mean_square_of_the_filtered_image() -> None:
    side = 48
    grey = np.random.default_rng(0).random((side, side)).astype(np.float32)
    window = np.hanning(side)
    windowed = (grey - grey.mean()) * window[:, None] * window
    response = np.sqrt(gabor_bank(side)[DIRECTIONS + 2].reshape(side, side))
    filtered = np.fft.ifft2(np.fft.fft2(windowed) * response)
    expected = np.log(np.mean(np.abs(filtered) ** 2) + 1e-8)
    assert gabor(grey)["gabor_6px_060deg"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("wavelength", WAVELENGTHS)
def test_a_grating_answers_most_at_its_own_scale_and_direction(wavelength: float) -> None:
    grating = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(96) / wavelength)
    features = gabor(np.tile(grating, (96, 1)).astype(np.float32))
    energies = {name: value for name, value in features.items() if name.endswith("deg")}
    assert max(energies, key=lambda name: energies[name]) == f"gabor_{wavelength:g}px_000deg"


def test_haar_keeps_the_energy_and_names_the_direction() -> None:
    rows = np.tile(np.array([[1.0], [0.0]], np.float32), (16, 32))
    approximation, (horizontal, vertical, diagonal) = haar_step(rows)
    total = sum(float((part**2).sum()) for part in (approximation, horizontal, vertical, diagonal))
    assert total == pytest.approx(float((rows**2).sum()))
    assert (horizontal == 1).all()
    assert not vertical.any()
    assert not diagonal.any()


def test_a_constant_image_is_finite() -> None:
    assert all(np.isfinite(list(frequency(picture_of(np.full((64, 64, 3), 5, np.uint8))).values())))
