import numpy as np

from thirdeye.transform.handcrafted.foreground import foreground


def test_a_dark_disc_in_the_middle_is_found_whole() -> None:
    rows, cols = np.mgrid[:112, :112] - 56
    disc = np.hypot(rows, cols) <= 25
    place = foreground(np.where(disc, 0.1, 0.9).astype(np.float32))
    assert place.found
    assert place.is_dark
    assert place.n_regions == 1
    assert (place.region == disc).mean() > 0.98


def test_a_constant_picture_has_no_object() -> None:
    place = foreground(np.zeros((64, 64), np.float32))
    assert place.region.shape == (64, 64)
    assert not place.found
    assert place.n_regions == 0
