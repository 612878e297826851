import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from thirdeye.inference.detection.detections import Detections
from thirdeye.journey.detection.quality import ap50, mean_ap50

TRUTH = {
    0: (np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]]), np.array([0, 1])),
    1: (np.array([[5.0, 5, 15, 15]]), np.array([0])),
    2: (np.zeros((0, 4)), np.zeros(0, np.int64)),
}


def found(*rows: tuple[float, ...]) -> Detections:
    values = np.array(rows, float).reshape(-1, 6)
    return Detections.ordered(values[:, :4], values[:, 4], values[:, 5].astype(int))


def test_by_hand() -> None:
    calls = {
        0: found((0, 0, 10, 9, 0.9, 0), (0, 0, 10, 10, 0.3, 0), (20, 20, 30, 30, 0.8, 1)),
        1: found((5, 5, 15, 14, 0.5, 0)),
        2: found((0, 0, 10, 10, 0.7, 0)),
    }
    # class 0 from the highest score: hit, false, hit, false (met before): 1 x 1/2 + 2/3 x 1/2
    assert ap50(calls, TRUTH, 0) == pytest.approx(0.5 + 1 / 3)
    assert ap50(calls, TRUTH, 1) == pytest.approx(1.0)
    assert mean_ap50(calls, TRUTH) == pytest.approx((0.5 + 1 / 3 + 1) / 2)


def test_nothing_found_and_nothing_there() -> None:
    none = {row: Detections.none() for row in TRUTH}
    assert mean_ap50(none, TRUTH) == 0.0
    assert mean_ap50({2: Detections.none()}, {2: TRUTH[2]}) is None


def test_where_precision_never_rises_it_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    truth = {0: (np.array([[20.0 * n, 0, 20 * n + 10, 10] for n in range(8)]), np.zeros(8, np.int64))}
    hits = [(20 * n, 0, 20 * n + 10, 10, s, 0) for n, s in enumerate(rng.uniform(0.5, 1, 8))]
    misses = [(20 * n, 50, 20 * n + 10, 60, s, 0) for n, s in enumerate(rng.uniform(0, 0.5, 6))]
    labels, scores = [1] * 8 + [0] * 6, [row[4] for row in (*hits, *misses)]
    assert ap50({0: found(*hits, *misses)}, truth, 0) == pytest.approx(
        average_precision_score(labels, scores)
    )
