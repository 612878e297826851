import numpy as np
import pytest
import torch

from thirdeye.training.tabular.readout import ReadoutSetting, learn_readout, mean_loss

SETTING = ReadoutSetting(hidden=12, epochs=15, rate=0.02, batch=8, dropout=0.2, seed=0)


def drawn(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, 5)) * [1, 10, 1, 1, 1] + [0, 100, 0, 0, 0]
    return values, (values[:, 0] + (values[:, 1] - 100) / 10 > 0).astype(np.int64)


def test_learns_from_numbers_of_any_unit() -> None:
    found = learn_readout(*drawn(120, 0), drawn(40, 1), SETTING, n_classes=2)
    values, labels = drawn(100, 2)
    assert (found.logits(values).argmax(axis=1) == labels).mean() > 0.9


def test_a_missing_number_stands_in_the_middle() -> None:
    found = learn_readout(*drawn(60, 0), drawn(40, 1), SETTING, n_classes=2)
    values, _ = drawn(1, 3)
    values[0, 1] = np.nan
    told = found.logits(values)
    values[0, 1] = found.middle[1]
    assert np.allclose(told, found.logits(values))


def test_the_pass_that_judged_cases_like_best_is_kept() -> None:
    values, labels = drawn(60, 0)
    judged = drawn(40, 1)
    long = learn_readout(values, labels, judged, SETTING, n_classes=2)
    none = learn_readout(values, labels, judged, ReadoutSetting(12, 0, 0.02, 8, 0.2, 0), n_classes=2)
    turned = learn_readout(values, labels, (judged[0], 1 - judged[1]), SETTING, n_classes=2)
    assert mean_loss(long.logits(judged[0]), judged[1]) < mean_loss(none.logits(judged[0]), judged[1])
    assert mean_loss(turned.logits(judged[0]), judged[1]) > mean_loss(long.logits(judged[0]), judged[1])


def test_loss_is_torchs_with_balanced_weights() -> None:
    logits, labels = np.random.default_rng(0).normal(size=(9, 3)), np.asarray([0, 0, 0, 0, 0, 1, 1, 2, 2])
    weights = torch.as_tensor(1 / np.bincount(labels))
    theirs = torch.nn.functional.cross_entropy(
        torch.as_tensor(logits), torch.as_tensor(labels), weight=weights
    )
    assert mean_loss(logits, labels) == pytest.approx(float(theirs))
