import numpy as np
import pytest

from thirdeye.transform.handcrafted.laplacian import SIGMAS, blobs, halved, laplacian
from thirdeye.transform.handcrafted.picture import picture_of


def _spot(radius: float) -> np.ndarray:
    rows, cols = np.mgrid[:112, :112] - 56
    return np.where(np.hypot(rows, cols) <= radius, 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2)


@pytest.mark.parametrize("sigma", [2, 4, 8])
def test_a_dark_spot_answers_most_at_its_own_scale(sigma: int) -> None:
    dark = picture_of(_spot(sigma * 2**0.5)).grey
    centre = {other: blobs(dark, other)[56, 56] for other in SIGMAS}
    assert max(centre, key=lambda other: centre[other]) == sigma
    assert centre[sigma] > 0


def test_halving_changes_large_scales_little() -> None:
    picture = picture_of(np.random.default_rng(0).integers(0, 256, (112, 112, 3), dtype=np.uint8))
    found = laplacian(picture)
    assert found["log_8px_std"] == pytest.approx(blobs(picture.stretched, 8).std(), rel=0.15)


def test_halved_means_and_drops_the_odd_line() -> None:
    assert halved(np.array([[0, 2, 9], [4, 6, 9], [9, 9, 9]], np.float32)).tolist() == [[3.0]]


def test_a_constant_picture_answers_nothing() -> None:
    found = laplacian(picture_of(np.full((32, 32, 3), 200, np.uint8)))
    assert all(found[f"log_{sigma}px_std"] == pytest.approx(0, abs=1e-6) for sigma in SIGMAS)
