from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.landmarks.decode import heat_of
from thirdeye.transform.landmarks.pairs import PairModel, agreed, around, pair_model

STRIDE = 4
SHAPE = np.array([[20.0, 20.0], [60.0, 24.0], [28.0, 70.0], [66.0, 66.0]])


def _shapes(n: int = 40) -> NDArray[np.float64]:
    rng = np.random.default_rng(0)
    return np.asarray(SHAPE + rng.uniform(-8, 8, (n, 1, 2)) + rng.normal(0, 1.5, (n, 4, 2)))


@pytest.fixture(scope="module")
def model() -> PairModel:
    found = pair_model(_shapes())
    assert found is not None
    return found


def _heat(places: NDArray[np.float64], *false: tuple[int, float, float, float]) -> NDArray[np.float32]:
    """Maps with a peak at each place, and further peaks (landmark, x, y, how much higher)."""
    rows, columns = (np.indices((24, 24)) + 0.5) * STRIDE
    logits = np.full((len(places), 24, 24), -8.0)
    peaks = [(one, x, y, 0.0) for one, (x, y) in enumerate(places)] + list(false)
    for one, x, y, height in peaks:
        blob = height - ((columns - x) ** 2 + (rows - y) ** 2) / (2 * STRIDE**2)
        logits[one] = np.logaddexp(logits[one], blob)
    return heat_of(logits.astype(np.float32))


def _xy(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray((cells[:, ::-1] + 0.5) * STRIDE)


def test_offsets_are_the_means_of_the_training_shapes(model: PairModel) -> None:
    shapes = _shapes()
    gaps = shapes[:, 0] - shapes[:, 2]
    np.testing.assert_allclose(model.offsets[0, 2], gaps.mean(axis=0))
    np.testing.assert_allclose(model.offsets[2, 0], -gaps.mean(axis=0))
    np.testing.assert_allclose(np.linalg.inv(model.precisions[0, 2]), np.cov(gaps.T) + np.eye(2))


def test_clear_maps_are_left_alone(model: PairModel) -> None:
    places = SHAPE + 3
    found = _xy(agreed(_heat(places), model, stride=STRIDE, weight=1.0))
    assert np.abs(found - places).max() <= STRIDE


def test_a_higher_peak_in_the_wrong_place_is_overruled(model: PairModel) -> None:
    heat = _heat(SHAPE, (1, 30.0, 80.0, 1.5), (3, 10.0, 30.0, 1.0))
    alone = np.stack(np.divmod(heat.reshape(4, -1).argmax(axis=1), 24), axis=1)
    assert np.linalg.norm(_xy(alone) - SHAPE, axis=1).max() > 40
    together = _xy(agreed(heat, model, stride=STRIDE, weight=4.0))
    assert np.linalg.norm(together - SHAPE, axis=1).max() <= STRIDE


def test_a_landmark_that_is_not_seen_is_put_where_the_others_say(model: PairModel) -> None:
    heat = _heat(SHAPE)
    heat[2] = 1 / heat[2].size
    found = _xy(agreed(heat, model, stride=STRIDE, weight=4.0))
    assert np.linalg.norm(found[2] - SHAPE[2]) < 2 * STRIDE
    heat = _heat(SHAPE, (2, 90.0, 10.0, 3.0))
    heat[2, 12:] = 0  # nothing is left but the false peak
    found = _xy(agreed(heat, model, stride=STRIDE, weight=16.0))
    assert np.linalg.norm(found[2] - SHAPE[2]) < 3 * STRIDE


def test_a_map_is_kept_around_its_cell_alone() -> None:
    heat = _heat(SHAPE)
    cells = np.array([[5, 5], [2, 2], [0, 0], [23, 23]])
    kept = around(heat, cells, 1.0)
    np.testing.assert_array_equal(kept[0, 2:9, 2:9], heat[0, 2:9, 2:9])
    kept[0, 2:9, 2:9] = 0
    assert not kept[0].any()
    np.testing.assert_array_equal(kept[3, 20:, 20:], heat[3, 20:, 20:])


def test_a_model_survives_its_file(model: PairModel) -> None:
    again = PairModel.from_json(json.loads(json.dumps(model.as_json())))
    np.testing.assert_allclose(again.offsets, model.offsets, rtol=1e-3)
    np.testing.assert_allclose(again.precisions, model.precisions, rtol=1e-3)
    assert again.as_json() == model.as_json()


def test_pairs_that_were_hardly_seen_say_nothing() -> None:
    shapes = _shapes()
    shapes[5:, 1] = np.nan
    found = pair_model(shapes)
    assert found is not None
    assert not found.precisions[1].any()
    assert found.precisions[0, 2].any()
    assert pair_model(shapes[:5]) is None
