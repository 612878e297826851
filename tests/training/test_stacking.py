import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.training.stacking import cross_fitted_stack, fit_stack


def _sources(n: int = 600, k: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two sources that err independently of each other."""
    random = np.random.default_rng(seed)
    labels = np.arange(n) % k
    tables = []
    for _ in range(2):
        logits = random.normal(size=(n, k)) + 1.2 * np.eye(k)[labels]
        shares = np.exp(logits)
        tables.append(shares / shares.sum(axis=1, keepdims=True))
    return tables[0], tables[1], labels


@pytest.mark.parametrize("k", [2, 3])
def test_two_independent_sources_are_better_together(k: int) -> None:
    first, second, labels = _sources(k=k)
    half = len(labels) // 2
    together = fit_stack(first[:half], second[:half], labels[:half]).predict(first[half:], second[half:])
    np.testing.assert_allclose(together.sum(axis=1), 1)
    alone = [roc_auc_score(labels[half:] == 1, table[half:, 1]) for table in (first, second)]
    assert roc_auc_score(labels[half:] == 1, together[:, 1]) > max(alone) + 0.02


def test_a_source_that_knows_nothing_does_not_count() -> None:
    first, _, labels = _sources()
    noise = np.random.default_rng(5).dirichlet((1, 1), len(labels))
    together = fit_stack(first, noise, labels).predict(first, noise)
    assert np.corrcoef(together[:, 1], first[:, 1])[0, 1] > 0.97


def test_held_out_weights_come_from_other_patients() -> None:
    random = np.random.default_rng(1)
    noise = [random.dirichlet((1, 1, 1), 150) for _ in range(2)]
    labels = random.integers(0, 3, 150)
    found = cross_fitted_stack(noise[0], noise[1], labels, groups=np.arange(150), seed=0)
    assert found is not None
    assert 0.4 < roc_auc_score(labels == 0, found[:, 0]) < 0.6
    assert (
        cross_fitted_stack(noise[0][:4], noise[1][:4], np.array([0, 0, 0, 1]), groups=np.arange(4), seed=0)
        is None
    )


def test_one_class_and_labels_that_never_occur_fall_back_on_the_first_source() -> None:
    first, second, _ = _sources(20)
    assert fit_stack(first, second, np.zeros(20, int)).predict(first, second) is first
    labels = np.column_stack([np.arange(20) % 2, np.zeros(20, int)])
    found = fit_stack(first, second, labels, multilabel=True).predict(first, second)
    np.testing.assert_array_equal(found[:, 1], first[:, 1])
    assert (found[:, 0] != first[:, 0]).all()


def test_a_class_that_validation_lacks_keeps_its_column() -> None:
    first, second, labels = _sources(k=3)
    kept = labels < 2
    found = fit_stack(first[kept], second[kept], labels[kept]).predict(first, second)
    assert found.shape == (600, 3)
    assert (found[:, 2] < 1e-5).all()
    assert np.isfinite(found).all()
