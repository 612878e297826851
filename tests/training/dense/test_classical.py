from __future__ import annotations

import numpy as np
import pytest

from thirdeye.training.dense.classical import fit_classical


def _cases(n: int, sides: tuple[int, ...], seed: int = 0) -> tuple[list, list]:
    rng, images, targets = np.random.default_rng(seed), [], []
    for _ in range(n):
        target = np.zeros(sides, np.uint8)
        low = [int(rng.integers(1, side // 2)) for side in sides]
        target[tuple(slice(start, start + side // 3) for start, side in zip(low, sides, strict=True))] = 1
        images.append((target * 2.0 + rng.normal(0, 0.5, sides)).astype(np.float32)[None])
        targets.append(target)
    return images, targets


@pytest.mark.parametrize("sides", [(24, 24), (14, 14, 10)])
def test_a_bright_square_is_outlined(sides: tuple[int, ...]) -> None:
    images, targets = _cases(6, sides)
    model = fit_classical(images[:5], targets[:5], held_out=[4], n_structures=1, seconds=20, seed=0)
    assert model is not None
    assert model.chosen
    assert model.n_cases == 4
    found = model.read(images[5])
    assert found.shape == sides
    both = int(((found == 1) & (targets[5] == 1)).sum())
    assert 2 * both / int((found == 1).sum() + (targets[5] == 1).sum()) > 0.8


def test_the_same_seed_gives_the_same_labels() -> None:
    images, targets = _cases(4, (20, 20))
    fitted = [fit_classical(images, targets, held_out=[], n_structures=1, seconds=9, seed=5) for _ in (1, 2)]
    first, second = (model.read(images[0]) for model in fitted if model)
    assert np.array_equal(first, second)


def test_nothing_is_learnt_where_nothing_is_marked() -> None:
    images, targets = _cases(3, (16, 16))
    empty = [np.zeros_like(target) for target in targets]
    assert fit_classical(images, empty, held_out=[], n_structures=1, seconds=5, seed=0) is None


def test_what_takes_no_part_is_not_learnt() -> None:
    images, targets = _cases(4, (20, 20))
    for target in targets:
        target[:5] = 255
    model = fit_classical(images, targets, held_out=[3], n_structures=1, seconds=9, seed=0)
    assert model is not None
    assert set(model.classes.tolist()) == {0, 1}
