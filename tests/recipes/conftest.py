"""What the tests of the recipes share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

import thirdeye.recipes.rows  # noqa: F401 - enters the recipes
from thirdeye.recipes.registry import RECIPES
from thirdeye.report.teaching.trace import Trace


@cache
def traced(name: str) -> Trace:
    demonstrate = RECIPES.get(name).demonstrate
    assert demonstrate is not None
    return demonstrate(frozenset())


@pytest.fixture
def trace() -> Callable[[str], Trace]:
    """The traced run of a teaching recipe, made once."""
    return traced
