import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.training.tabular.stability import stability_selection


def drawn(n: int = 120, d: int = 30) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(n, d))
    return features, (features[:, 3] - features[:, 7] + 0.5 * rng.normal(size=n) > 0).astype(float)


def test_keeps_what_tells_and_little_else() -> None:
    features, target = drawn()
    found = stability_selection(features, target, threshold=0.9, rounds=30, strength=0.5)
    assert np.flatnonzero(found.kept).tolist() == [3, 7]
    assert found.frequency[[3, 7]].min() > np.delete(found.frequency, [3, 7]).max()
    assert ((found.frequency >= 0) & (found.frequency <= 1)).all()


def test_a_feature_of_any_target_is_kept() -> None:
    features, target = drawn()
    two = np.column_stack([target, (features[:, 11] > 0).astype(float)])
    found = stability_selection(features, two, threshold=0.9, rounds=20, strength=0.4)
    assert {3, 7, 11} <= set(np.flatnonzero(found.kept))


def test_something_is_always_kept() -> None:
    features, _ = drawn()
    noise = np.random.default_rng(1).integers(0, 2, len(features)).astype(float)
    found = stability_selection(features, noise, threshold=1.0, rounds=10, strength=0.95)
    assert found.kept.sum() == 2


def test_same_seed_same_answer() -> None:
    features, target = drawn()
    first, again = (stability_selection(features, target, rounds=10, seed=4) for _ in range(2))
    assert np.array_equal(first.frequency, again.frequency)


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"strength": 1.0}, {"rounds": 0}])
def test_refuses_what_cannot_be(wrong: dict[str, float]) -> None:
    features, target = drawn()
    with pytest.raises(UsageError, match="stability selection needs"):
        stability_selection(features, target, **wrong)  # type: ignore[arg-type]
