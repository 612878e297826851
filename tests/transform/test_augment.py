"""A chain of operations: drawn once, applied in few passes, equal to one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.transform.augment import Augmenter

CHAIN = (("flip_horizontal", 0.5), ("rotate", 15.0), ("zoom", 0.15), ("contrast", 0.25), ("noise", 0.05))


def test_an_empty_chain_changes_nothing(marked: NDArray[np.uint8]) -> None:
    assert np.array_equal(Augmenter(())(marked, np.random.default_rng(0)), marked)


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no operation is called 'rotat'; did you mean rotate"):
        Augmenter((("rotat", 1.0),))


def test_the_draw_has_one_entry_per_operation() -> None:
    drawn = Augmenter(CHAIN).draw(np.random.default_rng(0))
    assert list(drawn) == [name for name, _ in CHAIN]


def test_draw_and_apply_is_call(marked: NDArray[np.uint8]) -> None:
    augmenter = Augmenter(CHAIN)
    drawn = augmenter.draw(np.random.default_rng(4))
    assert np.array_equal(augmenter.apply(marked, drawn), augmenter(marked, np.random.default_rng(4)))


def test_geometric_operations_multiply_in_the_order_of_the_chain(marked: NDArray[np.uint8]) -> None:
    drawn = {"flip_horizontal": {"flip": True}, "quarter_turn": {"turns": 1}}
    flip_first = Augmenter((("flip_horizontal", 1.0), ("quarter_turn", 1.0))).apply(marked, drawn)
    turn_first = Augmenter((("quarter_turn", 1.0), ("flip_horizontal", 1.0))).apply(marked, drawn)
    assert np.array_equal(flip_first, np.rot90(marked[:, ::-1], -1))
    assert np.array_equal(turn_first, np.rot90(marked, -1)[:, ::-1])


def test_tonal_operations_join_without_rounding_in_between(marked: NDArray[np.uint8]) -> None:
    """Half the contrast and twice the contrast give the image back, which two passes on bytes would not."""
    both = Augmenter((("contrast", 1.0), ("gamma", 1.0)))
    drawn = {"contrast": {"factor": 0.02}, "gamma": {"exponent": 1.0}}
    narrow = both.apply(marked, drawn)
    expected = np.rint(((marked / 255 - 0.5) * 0.02 + 0.5) * 255)
    assert np.array_equal(narrow, expected.astype(np.uint8))


def test_the_border_is_continued_and_not_black() -> None:
    white = np.full((32, 32, 3), 255, np.uint8)
    assert Augmenter((("shift", 0.3),)).apply(white, {"shift": {"x": 0.3, "y": -0.3}}).min() == 255


def test_images_of_one_batch_differ(marked: NDArray[np.uint8]) -> None:
    rng = np.random.default_rng(0)
    augmenter = Augmenter(CHAIN)
    assert not np.array_equal(augmenter(marked, rng), augmenter(marked, rng))
