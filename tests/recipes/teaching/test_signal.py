"""Signal-detection theory, against simulated evidence."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.recipes.teaching.signal import area, criterion, hits, sensitivity_index


def test_known_values() -> None:
    assert sensitivity_index(0.5, 0.5) == 0
    assert area(0) == 0.5
    assert sensitivity_index(0.841344746, 0.841344746) == pytest.approx(2, abs=1e-6)
    assert criterion(0.841344746, 0.841344746) == pytest.approx(0, abs=1e-9)
    assert criterion(0.6, 0.95) > 0 > criterion(0.95, 0.6)


def test_the_area_is_that_of_simulated_readers() -> None:
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0, 1, 20_000), rng.normal(1.5, 1, 20_000)])
    labels = np.repeat([0, 1], 20_000)
    found = auc(labels, scores)
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low < area(1.5) < found.ci_high
    share = float((scores[labels == 1] > 1).mean())
    assert hits(float((scores[labels == 0] > 1).mean()), 1.5) == pytest.approx(share, abs=0.01)
