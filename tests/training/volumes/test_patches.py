import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.training.volumes.patches import GREY, patches_of_a_round


def test_bytes_keep_values_to_half_a_step() -> None:
    values = np.linspace(-1, 2.5, 1000).astype(np.float32)
    assert np.abs(GREY.values(GREY.packed(values)) - values).max() <= 0.5 * 3.5 / 255 + 1e-6
    assert GREY.packed(np.asarray([-9.0, 9.0])).tolist() == [0, 255]


def test_a_last_patch_alone_is_left_out() -> None:
    given = list(patches_of_a_round(np.zeros((5, 4, 4, 4), np.uint8), 4, 2, np.random.default_rng(0)))
    assert [len(chosen) for chosen, _ in given] == [2, 2]


def test_every_volume_gives_one_patch_of_itself() -> None:
    volumes = np.stack([np.full((6, 7, 8), 40 * n, np.uint8) for n in range(4)])
    given = list(patches_of_a_round(volumes, 4, 2, np.random.default_rng(0)))
    assert sorted(np.concatenate([chosen for chosen, _ in given]).tolist()) == [0, 1, 2, 3]
    for chosen, patches in given:
        assert patches.shape == (len(chosen), 1, 4, 4, 4)
        assert np.allclose(patches[:, 0, 0, 0, 0], GREY.values(volumes[chosen, 0, 0, 0]))


def test_places_differ_and_stay_inside() -> None:
    volume = np.arange(5 * 5 * 5, dtype=np.uint8).reshape(1, 5, 5, 5)
    rng = np.random.default_rng(0)
    corners = set()
    for _ in range(200):
        ((_, patches),) = list(patches_of_a_round(volume, 4, 1, rng))
        corners.add(int(GREY.packed(patches[0, 0, 0, 0, :1])[0]))
    assert corners == {0, 1, 5, 6, 25, 26, 30, 31}


def test_a_patch_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="patches of 9 voxels do not fit into volumes of 8 x 9 x 10"):
        list(patches_of_a_round(np.zeros((1, 8, 9, 10), np.uint8), 9, 1, np.random.default_rng(0)))
