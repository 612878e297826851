from __future__ import annotations

import numpy as np
import pytest

from thirdeye.transform.head_mask import brain_mask, head_mask


def head(seed: int, *, skull: bool = True, fluid: float = 60.0, sides: tuple[int, ...] = (64, 72, 20)):
    """A brain, with dark bone and bright scalp around it, and where the brain is."""
    rng = np.random.default_rng(seed)
    at = np.stack(np.meshgrid(*[np.linspace(-1, 1, side) for side in sides], indexing="ij"))
    reach = np.sqrt((at[:2] ** 2).sum(axis=0)) / 0.9
    grey = [(reach < 0.25, fluid), (reach < 0.55, 150.0), (reach < 0.75, 100.0)]
    if skull:
        grey += [(reach < 0.85, 15.0), (reach < 1.0, 180.0)]
    image = np.select([where for where, _ in grey], [value for _, value in grey], 5.0)
    return (image + rng.normal(0, 4, sides)).clip(0).astype(np.float32), reach < 0.75


def dice(one: np.ndarray, other: np.ndarray) -> float:
    return 2 * (one & other).sum() / (one.sum() + other.sum())


@pytest.mark.parametrize("sides", [(64, 72, 20), (90, 100)])
@pytest.mark.parametrize("fluid", [60.0, 400.0])
def test_the_brain_without_bone_and_scalp(fluid: float, sides: tuple[int, ...]) -> None:
    image, brain = head(0, fluid=fluid, sides=sides)
    found = brain_mask(image, (1.0,) * len(sides))
    assert dice(found, brain) > 0.95
    assert dice(head_mask(image), brain) < 0.9  # the scalp is head


def test_a_head_that_was_cut_out_before_stays_whole() -> None:
    image, brain = head(1, skull=False)
    found = brain_mask(image, (1.0, 1.0, 4.0))
    assert found[brain].mean() > 0.98
    assert dice(found, brain) > 0.95


def test_where_there_is_no_brain_the_head_is_kept() -> None:
    image = np.full((40, 40), 5.0, np.float32)
    image[::4] = 200.0  # nothing but thin lines
    np.testing.assert_array_equal(brain_mask(image, (1.0, 1.0)), head_mask(image))


def test_one_value_everywhere() -> None:
    flat = np.full((9, 9, 4), 3.0, np.float32)
    assert head_mask(flat).all()
    assert brain_mask(flat, (1, 1, 1)).all()
