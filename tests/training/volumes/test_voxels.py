import numpy as np
import pytest
from sklearn.metrics import matthews_corrcoef

from thirdeye.errors import UsageError
from thirdeye.training.volumes.voxels import chosen_voxels, matthews_map


def test_every_voxel_is_as_scikit_learn_computes_it() -> None:
    rng = np.random.default_rng(0)
    maps, labels = rng.random((30, 2, 3, 2)), rng.integers(0, 2, 30)
    maps[:, 0, 0, 0] = 0.9  # calls that are all alike
    maps[:, 1, 1, 1] = np.where(labels == 1, 0.8, 0.1)
    found = matthews_map(maps, labels)
    for place in np.ndindex(2, 3, 2):
        calls = (maps[(slice(None), *place)] >= 0.5).astype(int)
        assert found[place] == pytest.approx(matthews_corrcoef(labels, calls))
    assert found[0, 0, 0] == 0.0
    assert found[1, 1, 1] == pytest.approx(1.0)


def test_one_class_alone_tells_nothing() -> None:
    assert not matthews_map(np.random.default_rng(0).random((5, 2, 2, 2)), np.ones(5, dtype=int)).any()


def test_the_best_are_chosen_in_their_order() -> None:
    correlation = np.asarray([[0.1, 0.9], [0.7, -0.5]])
    assert chosen_voxels(correlation, most=2, least=0.6).tolist() == [1, 2]
    assert chosen_voxels(correlation, most=3, least=0.6).tolist() == [1, 2, 0]  # too few above it
    with pytest.raises(UsageError, match="voxels=0"):
        chosen_voxels(correlation, most=0, least=0.6)
