"""The contract that every registered operation keeps; one file per operation says what it does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.transform import operations as package
from thirdeye.transform.augment import Augmenter
from thirdeye.transform.operation import Geometric, Pixelwise, Tonal, operations

# strength that moves an image visibly, in the operation's own unit
STRENGTHS = {
    "blur": 4.0,
    "brightness": 0.2,
    "clahe": 1.0,
    "colour": 0.3,
    "contrast": 0.4,
    "erase": 1.0,
    "flip_horizontal": 1.0,
    "flip_vertical": 1.0,
    "gamma": 0.5,
    "noise": 0.2,
    "quarter_turn": 1.0,
    "rotate": 30.0,
    "shear": 20.0,
    "shift": 0.2,
    "turn_inscribed": 90.0,
    "zoom": 0.4,
}
NAMES = operations.names()
SEEDS = range(12)


def test_every_operation_is_under_contract_and_has_its_file() -> None:
    assert sorted(NAMES) == sorted(STRENGTHS)
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(NAMES) == set(package.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_of_exactly_one_family(name: str) -> None:
    operation = operations.get(name)
    assert sum(isinstance(operation, family) for family in (Geometric, Tonal, Pixelwise)) == 1
    assert type(operation).__doc__


@pytest.mark.parametrize("name", NAMES)
def test_shape_and_type_stay_and_the_input_is_left_alone(name: str, marked: NDArray[np.uint8]) -> None:
    before = marked.copy()
    augmenter = Augmenter([(name, STRENGTHS[name])])
    for seed in SEEDS:
        result = augmenter(marked, np.random.default_rng(seed))
        assert result.shape == marked.shape
        assert result.dtype == np.uint8
    assert np.array_equal(marked, before)


@pytest.mark.parametrize("name", NAMES)
def test_it_works_on_what_cannot_be_written(name: str, marked: NDArray[np.uint8]) -> None:
    marked.setflags(write=False)
    for seed in SEEDS:
        Augmenter([(name, STRENGTHS[name])])(marked, np.random.default_rng(seed))


@pytest.mark.parametrize("name", NAMES)
def test_it_does_something(name: str, marked: NDArray[np.uint8]) -> None:
    augmenter = Augmenter([(name, STRENGTHS[name])])
    changed = [not np.array_equal(augmenter(marked, np.random.default_rng(s)), marked) for s in SEEDS]
    assert sum(changed) >= len(SEEDS) // 4


@pytest.mark.parametrize("name", NAMES)
def test_strength_zero_leaves_the_image_alone(name: str, marked: NDArray[np.uint8]) -> None:
    for seed in SEEDS:
        assert np.array_equal(Augmenter([(name, 0.0)])(marked, np.random.default_rng(seed)), marked)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_image(name: str, marked: NDArray[np.uint8]) -> None:
    augmenter = Augmenter([(name, STRENGTHS[name])])
    for seed in SEEDS:
        first, second = (augmenter(marked, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(first, second)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_drawn_is_kept_and_gives_the_same_again(name: str, marked: NDArray[np.uint8]) -> None:
    """Also after a way through JSON, so that a record on disk is enough."""
    augmenter = Augmenter([(name, STRENGTHS[name])])
    for seed in SEEDS:
        drawn = augmenter.draw(np.random.default_rng(seed))
        result = augmenter.apply(marked, drawn)
        assert np.array_equal(result, augmenter(marked, np.random.default_rng(seed)))
        assert np.array_equal(result, augmenter.apply(marked, json.loads(json.dumps(drawn))))


@pytest.mark.parametrize("name", NAMES)
def test_how_much_is_drawn_does_not_depend_on_the_image(name: str) -> None:
    """A fixed number of draws per image keeps the sequence of a run independent of its pictures."""
    operation = operations.get(name)
    first, second = np.random.default_rng(3), np.random.default_rng(3)
    operation.draw(first, STRENGTHS[name])
    operation.draw(second, STRENGTHS[name])
    assert first.random() == second.random()


@pytest.mark.parametrize("name", [n for n in NAMES if isinstance(operations.get(n), Tonal)])
def test_tonal_operations_keep_the_order_of_grey_values(name: str) -> None:
    operation = operations.get(name)
    assert isinstance(operation, Tonal)
    values = np.linspace(0, 1, 256)
    for seed in SEEDS:
        drawn = operation.draw(np.random.default_rng(seed), STRENGTHS[name])
        assert (np.diff(operation.curve(values, drawn)) >= 0).all()


@pytest.mark.parametrize("name", [n for n in NAMES if isinstance(operations.get(n), Geometric)])
def test_geometric_operations_can_be_undone(name: str) -> None:
    operation = operations.get(name)
    assert isinstance(operation, Geometric)
    for seed in SEEDS:
        matrix = operation.matrix(operation.draw(np.random.default_rng(seed), STRENGTHS[name]))
        assert matrix.shape == (3, 3)
        assert np.array_equal(matrix[2], [0, 0, 1])
        assert abs(np.linalg.det(matrix)) > 0.2
