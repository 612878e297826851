"""Facts of an ordinary small study, to be varied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from thirdeye.plan.rules import Facts

ORDINARY = Facts(
    task="binary",
    classes=("benign", "malignant"),
    positive="malignant",
    class_counts={"benign": 300, "malignant": 200},
    n_development=500,
    n_training=500,
    validation_counts={},
    fewest_groups=180,
    side_px=500.0,
    aspect_spread=1.2,
    colour_share=0.0,
    deep_share=0.0,
    has_bf16=True,
    images_per_s=20.0,
    budget_s=600.0,
    seed=0,
)


@pytest.fixture
def facts() -> Callable[..., Facts]:
    """Makes facts of an ordinary study with some of them changed."""

    def make(**changed: Any) -> Facts:
        return replace(ORDINARY, **changed)

    return make
