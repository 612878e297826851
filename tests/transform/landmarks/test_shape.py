from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform.landmarks.shape import ShapeModel, completed, settled, shape_model

BASE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 20.0], [0.0, 20.0], [5.0, 30.0]])
BEND = np.array([[0.0, 0.0], [0.0, 0.0], [4.0, 0.0], [4.0, 0.0], [9.0, -2.0]])


def _shapes(n: int, seed: int) -> NDArray[np.float64]:
    """Bent by one mode, turned, scaled and shifted."""
    rng = np.random.default_rng(seed)
    shapes = []
    for _ in range(n):
        angle, size = rng.uniform(-0.3, 0.3), rng.uniform(0.7, 1.4)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shapes.append((BASE + rng.normal() * 0.5 * BEND) @ turn * size + rng.uniform(-50, 50, 2))
    return np.array(shapes)


@pytest.fixture(scope="module")
def model() -> ShapeModel:
    found = shape_model(_shapes(60, 0))
    assert found is not None
    return found


def test_a_missing_point_is_filled_in(model: ShapeModel) -> None:
    for shape in _shapes(10, 1):
        seen = shape.copy()
        seen[3] = np.nan
        filled = model.fitted(seen, np.ones(5))
        assert np.linalg.norm(filled[3] - shape[3]) < 0.05 * np.linalg.norm(shape[2] - shape[0])


def test_an_uncertain_point_far_off_moves_the_shape_little(model: ShapeModel) -> None:
    shape = _shapes(1, 2)[0]
    seen = shape.copy()
    seen[4] += 100
    certainty = np.array([0.9, 0.9, 0.9, 0.9, 0.05])
    found = completed(model, seen, certainty, below=0.3)
    assert np.linalg.norm(found[4] - shape[4]) < 3
    np.testing.assert_array_equal(found[:4], seen[:4])


def test_certain_points_are_left_where_they_are(model: ShapeModel) -> None:
    shape = _shapes(1, 3)[0] + 1.0
    np.testing.assert_array_equal(completed(model, shape, np.ones(5), below=0.4), shape)


def test_too_few_points_are_left_alone(model: ShapeModel) -> None:
    seen = np.full((5, 2), np.nan)
    seen[0] = 3.0
    np.testing.assert_array_equal(model.fitted(seen, np.ones(5)), seen)


def test_the_modes_are_those_of_a_principal_component_analysis(model: ShapeModel) -> None:
    flat = model.modes.reshape(len(model.modes), -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(len(flat)), atol=1e-9)
    assert model.variances[0] > 20 * model.rest
    assert len(model.modes) <= 2  # one bend, nearly straight after alignment


def test_a_mirrored_shape_is_not_turned_into_the_mean(model: ShapeModel) -> None:
    mirrored = BASE * [-1, 1]
    assert np.linalg.norm(model.fitted(mirrored, np.ones(5)) - mirrored, axis=1).max() > 2


def test_few_complete_shapes_give_no_model() -> None:
    shapes = _shapes(30, 4)
    shapes[5:, 2] = np.nan
    assert shape_model(shapes) is None


def test_a_model_survives_its_file(model: ShapeModel) -> None:
    again = ShapeModel.from_json(json.loads(json.dumps(model.as_json())))
    shape = _shapes(1, 5)[0]
    np.testing.assert_allclose(again.fitted(shape, np.ones(5)), model.fitted(shape, np.ones(5)), atol=1e-3)


def test_points_are_drawn_to_the_shape_the_more_the_farther_they_lie(model: ShapeModel) -> None:
    shape = _shapes(1, 5)[0]
    seen = shape.copy()
    seen[1] += 30.0
    near, far = (settled(model, seen, np.ones(5), tolerance) for tolerance in (1.0, 1e6))
    np.testing.assert_allclose(far, seen, atol=1e-3)
    assert np.linalg.norm(near[1] - shape[1]) < 0.3 * np.linalg.norm(seen[1] - shape[1])


def test_settling_does_not_depend_on_the_size_of_the_picture(model: ShapeModel) -> None:
    seen = _shapes(1, 6)[0] + np.random.default_rng(0).normal(0, 0.5, (5, 2))
    small, large = (settled(model, seen * size, np.ones(5), 3.0) / size for size in (1.0, 20.0))
    np.testing.assert_allclose(small, large, rtol=1e-6)


def test_settling_fills_in_what_was_not_found(model: ShapeModel) -> None:
    shape = _shapes(1, 7)[0]
    seen = shape.copy()
    seen[2] = np.nan
    assert np.linalg.norm(settled(model, seen, np.ones(5), 4.0)[2] - shape[2]) < 2
