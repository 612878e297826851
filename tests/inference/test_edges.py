"""Edges: few known images beyond all of them together, and outside one is outside."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.inference.edges import TURNED_AWAY, Edges, edges_of

DRAW = np.random.default_rng(8)


def distances(n: int, shared: float) -> tuple[np.ndarray, np.ndarray]:
    """Two heavy-tailed distances with a part in common."""
    common, own = DRAW.normal(size=n), DRAW.normal(size=(2, n))
    both = np.exp(0.4 * (shared * common + (1 - shared**2) ** 0.5 * own))
    return both[0].astype(np.float32), both[1].astype(np.float32)


@pytest.mark.parametrize("shared", [0.0, 0.7, 1.0])
def test_no_more_known_images_are_turned_away_than_promised(shared: float) -> None:
    shares = []
    for _ in range(60):
        edges = edges_of(*distances(400, shared))
        shares.append((edges.farthest(*distances(1000, shared)) > 1).mean())
    error = np.std(shares) / len(shares) ** 0.5
    assert np.mean(shares) <= TURNED_AWAY + 3 * error
    assert (
        np.mean(shares) >= TURNED_AWAY / 5
    )  # a third where all three say the same, less for the finite rank


def test_far_out_in_one_or_a_little_in_both_is_outside() -> None:
    edges = Edges(features=1.0, look=1.0, both=0.8)
    features, look = np.float32([1.2, 0.1, 0.9, 0.7]), np.float32([0.1, 1.3, 0.9, 0.7])
    assert edges.farthest(features, look) == pytest.approx([1.2, 1.3, 0.9 / 0.8, 0.7 / 0.8])


def test_images_that_a_part_was_fitted_to_have_no_say_in_its_edge() -> None:
    features, look = distances(300, 0.0)
    some = np.where(np.arange(300) < 120, features, np.nan).astype(np.float32)
    edges = edges_of(some, look)
    assert edges.look == edges_of(features, look).look
    assert edges.features == edges_of(features[:120], look[:120]).features
    assert edges.both == edges_of(features[:120], look[:120]).both


def test_one_part_alone_has_the_whole_share() -> None:
    look = distances(499, 0.0)[1]
    assert edges_of(None, look) == Edges(look=float(np.sort(look)[489]))  # rank 0.98 x 500
    assert Edges(both=2.0).farthest(None, np.float32([3.0])) == pytest.approx([1.5])


def test_round_trip_and_damage() -> None:
    edges = Edges(look=1.5)
    assert Edges.from_array(edges.as_array()) == edges
    for bad in ([1.0, 1.0], [0.0, 1.0, 1.0], [np.nan, 1.0, 1.0], [np.inf] * 3):
        with pytest.raises(StudyMismatch, match="no edge"):
            Edges.from_array(np.asarray(bad))
