"""Clouds stay clouds, the layout is always the same, and no label is asked."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation import case_map as module
from thirdeye.evaluation.case_map import FEWEST, case_map


def clouds(n: int = 40, count: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    which = np.repeat(np.arange(count), n)
    middles = rng.normal(0, 6, (count, 20))
    return middles[which] + rng.normal(0, 1, (n * count, 20)), which


def test_neighbours_stay_neighbours() -> None:
    features, which = clouds()
    found = case_map(features, seed=0)
    assert found is not None
    assert found.points.shape == (120, 2)
    assert (found.points.min(), found.points.max()) == (0, 1)
    away = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    np.fill_diagonal(away, np.inf)
    assert (which[away.argmin(axis=1)] == which).all()
    assert found.trusted > 0.9
    noise = case_map(np.random.default_rng(1).normal(size=(120, 20)), seed=0)
    assert noise is not None
    assert noise.trusted < found.trusted  # nothing in the plane can hold twenty directions


def test_the_same_seed_draws_the_same_map() -> None:
    features, _ = clouds()
    first, again = (case_map(features, seed=3) for _ in range(2))
    assert first is not None
    assert again is not None
    np.testing.assert_array_equal(first.points, again.points)


def test_columns_without_spread_and_scales_do_not_matter() -> None:
    features, _ = clouds()
    scaled = np.column_stack([features * np.logspace(-3, 3, 20), np.full(len(features), 7.0)])
    one, other = case_map(features, seed=0), case_map(scaled, seed=0)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.trusted, other.trusted, atol=0.02)


def test_few_or_equal_cases_have_no_map() -> None:
    assert case_map(np.random.default_rng(0).normal(size=(FEWEST - 1, 5)), seed=0) is None
    assert case_map(np.ones((50, 5)), seed=0) is None
    least = case_map(np.random.default_rng(0).normal(size=(FEWEST, 5)), seed=0)
    assert least is not None
    assert least.perplexity == pytest.approx((FEWEST - 1) / 3)


def test_of_many_cases_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 50)
    found = case_map(clouds()[0], seed=0)
    assert found is not None
    assert len(found.rows) == len(set(found.rows.tolist())) == 50
    assert (np.diff(found.rows) > 0).all()
