"""The network by hand on a real table, and step by step beside scikit-learn's."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPRegressor

from thirdeye.recipes.teaching.backprop import forward, start, train
from thirdeye.recipes.teaching.breast_cancer import Table, answered, by_hand, cancers, compared, difference
from thirdeye.report.teaching.trace import Steps, Words


@pytest.fixture(scope="module")
def table() -> Table:
    return cancers()


def test_a_third_of_each_class_is_kept_for_the_test(table: Table) -> None:
    assert (len(table.wanted), len(table.test_wanted)) == (379, 190)
    assert (int(table.wanted.sum()), int(table.test_wanted.sum())) == (141, 71)
    assert (table.inputs.min(), table.inputs.max()) == (0, 1)
    both = np.concatenate([table.inputs, table.test_inputs])
    assert len(np.unique(both, axis=0)) == 569  # nobody is on both sides


def test_the_library_takes_the_same_steps(table: Table) -> None:
    first = start((30, 5, 4, 1), np.random.default_rng(3), "linear")
    rows = len(table.inputs)
    library = MLPRegressor(
        hidden_layer_sizes=(5, 4), activation="logistic", solver="sgd", momentum=0, alpha=0,
        nesterovs_momentum=False, batch_size=rows, shuffle=False, learning_rate_init=0.05, random_state=0,
    )  # fmt: skip
    library.partial_fit(table.inputs, table.wanted[:, 0])
    for place, own in zip(library.coefs_, first.weights, strict=True):
        place[...] = own
    for place, own in zip(library.intercepts_, first.biases, strict=True):
        place[...] = own
    for _ in range(20):
        library.partial_fit(table.inputs, table.wanted[:, 0])
    # the library's error is half of the mean of (d - out)^2; by hand it is the sum
    net, _ = train(first, table.inputs, table.wanted, rate=0.05 / (2 * rows), steps=20)
    np.testing.assert_allclose(
        forward(net, table.test_inputs)[-1][:, 0], library.predict(table.test_inputs), rtol=1e-10
    )


def test_the_intervals_are_those_of_the_answers(table: Table) -> None:
    ours = by_hand(table)
    truth = table.test_wanted[:, 0]
    assert ours.auc[0] == pytest.approx(roc_auc_score(truth, ours.scores))
    assert ours.right[0] == pytest.approx(np.mean((ours.scores > 0.5) == truth))
    assert 0.9 < ours.auc[1] < ours.auc[0] < ours.auc[2] <= 1
    guess = answered("a guess", np.random.default_rng(0).uniform(size=len(truth)), table)
    assert guess.auc[1] < 0.5 < guess.auc[2]
    gap = difference(ours, guess, table)
    assert gap.difference == pytest.approx(ours.auc[0] - guess.auc[0])
    assert gap.ci_low is not None
    assert gap.ci_low > 0


def test_the_trace_tells_both(table: Table) -> None:
    part, known = compared()
    assert isinstance(part, Steps)
    assert [row[0] for row in part.rows] == ["by hand", "scikit-learn"]
    assert str(part.rows[0][1]).startswith(f"{by_hand(table).auc[0]:.3f} (")
    assert [one.equal for one in known] == [True]


def test_without_the_library_a_sentence_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    part, known = compared()
    assert isinstance(part, Words)
    assert "scikit-learn" in part.sentences[0]
    assert known == ()
