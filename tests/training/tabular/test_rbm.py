import numpy as np

from thirdeye.training.tabular.rbm import Layer, machine, pretrained, reconstruction_error, sigmoid


def patterns(n: int = 80) -> np.ndarray:
    """Two patterns of twelve units, each with a tenth of its units turned over."""
    rng = np.random.default_rng(0)
    base = np.asarray([[1, 0] * 6, [0, 0, 1, 1] * 3], dtype=float)[rng.integers(0, 2, n)]
    return np.abs(base - (rng.random(base.shape) < 0.1))


def test_sigmoid_is_the_textbooks_and_does_not_overflow() -> None:
    values = np.asarray([-1e4, -2.0, 0.0, 2.0, 1e4])
    assert np.allclose(sigmoid(values), [0.0, 1 / (1 + np.exp(2)), 0.5, 1 / (1 + np.exp(-2)), 1.0])


def test_learning_makes_the_cases_more_likely_again() -> None:
    seen, rng = patterns(), np.random.default_rng(1)
    before = machine(seen, 8, epochs=0, rate=0.05, batch=10, rng=np.random.default_rng(1))
    after = machine(seen, 8, epochs=60, rate=0.05, batch=10, rng=rng)
    below = np.zeros(12)
    assert reconstruction_error(after, below, seen) < 0.6 * reconstruction_error(before, below, seen)


def test_the_mean_case_starts_in_the_middle() -> None:
    seen = patterns()
    layer = machine(seen, 6, epochs=0, rate=0.1, batch=10, rng=np.random.default_rng(0))
    assert np.allclose(layer.up(seen.mean(axis=0)[None]), 0.5)


def test_layers_stand_on_each_other() -> None:
    seen = patterns()
    layers = pretrained(seen, (8, 4), epochs=2, rate=0.05, batch=16, seed=3)
    assert [layer.weights.shape for layer in layers] == [(12, 8), (8, 4)]
    again = pretrained(seen, (8, 4), epochs=2, rate=0.05, batch=16, seed=3)
    assert all(np.array_equal(a.weights, b.weights) for a, b in zip(layers, again, strict=True))


def test_a_layer_by_hand() -> None:
    layer = Layer(np.asarray([[1.0], [2.0]]), np.asarray([-3.0]))
    assert np.allclose(layer.up(np.asarray([[1.0, 1.0]])), 0.5)
