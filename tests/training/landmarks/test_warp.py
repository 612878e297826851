from __future__ import annotations

import numpy as np
import pytest
import torch

from thirdeye.training.landmarks.warp import Change, changed

STILL = Change(0.0, 0.0, 0.0, 0.0, ())


def _dot(place: tuple[float, float], sides: tuple[int, int] = (60, 50)) -> torch.Tensor:
    rows, columns = np.indices(sides) + 0.5
    blob = np.exp(-((columns - place[0]) ** 2 + (rows - place[1]) ** 2) / (2 * 1.5**2))
    return torch.from_numpy(blob.astype(np.float32))[None] - 1


def _centre(picture: torch.Tensor) -> np.ndarray:
    mass = (picture[0] + 1).numpy().astype(float)
    rows, columns = np.indices(mass.shape) + 0.5
    return np.array([(mass * columns).sum(), (mass * rows).sum()]) / mass.sum()


def test_nothing_changes_where_nothing_is_asked() -> None:
    picture, place = _dot((20.0, 33.0)), np.array([[20.0, 33.0], [np.nan, np.nan]])
    seen, moved = changed(picture, place, np.array([25.0, 30.0]), (60, 50), STILL, np.random.default_rng(0))
    torch.testing.assert_close(seen, picture, atol=1e-4, rtol=0)
    np.testing.assert_allclose(moved, place)


@pytest.mark.parametrize("seed", range(8))
def test_places_follow_what_they_mark(seed: int) -> None:
    change = Change(40.0, 0.3, 0.1, 0.0, ())
    seen, moved = changed(
        _dot((22.0, 33.0)), np.array([[22.0, 33.0]]), np.array([25.0, 30.0]), (70, 64), change,
        np.random.default_rng(seed),
    )  # fmt: skip
    assert seen.shape == (1, 70, 64)
    np.testing.assert_allclose(_centre(seen), moved[0], atol=0.1)


def test_in_a_mirror_places_change_their_names() -> None:
    picture = _dot((10.0, 20.0))
    change = Change(0.0, 0.0, 0.0, 0.0, (1, 0))
    places = np.array([[10.0, 20.0], [44.0, 41.0]])
    seen_both = set()
    for seed in range(12):
        seen, moved = changed(
            picture, places, np.array([25.0, 30.0]), (60, 50), change, np.random.default_rng(seed)
        )
        flipped = bool(abs(moved[0, 0] - 10.0) > 1e-6)
        seen_both.add(flipped)
        np.testing.assert_allclose(_centre(seen), moved[1] if flipped else moved[0], atol=0.05)
        if flipped:
            np.testing.assert_allclose(moved[0], [6.0, 41.0])
    assert seen_both == {True, False}
