from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from thirdeye.intake.probe.softmax import PENALTY, probabilities


def test_it_is_multinomial_logistic_regression() -> None:
    """Against scikit-learn, whose C is 1 / (2 n penalty) for the same loss."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 400)
    scores = np.eye(3)[classes] + rng.normal(size=(400, 3))
    columns = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    model = LogisticRegression(C=1 / (2 * 400 * PENALTY), max_iter=2000, tol=1e-8).fit(columns, classes)
    ours = probabilities(scores, np.eye(3, dtype=bool)[classes])
    np.testing.assert_allclose(ours, model.predict_proba(columns), atol=5e-3)
    np.testing.assert_allclose(ours.sum(axis=1), 1)


def test_scores_that_say_nothing_give_the_shares() -> None:
    membership = np.eye(2, dtype=bool)[[0, 0, 0, 1]]
    np.testing.assert_allclose(probabilities(np.full((4, 2), 0.5), membership)[0], [0.75, 0.25], atol=1e-3)
