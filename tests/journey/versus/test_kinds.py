"""Studies that learnt other classes of one taxonomy, on the kinds of a level."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.journey.versus.cases import compare_cases
from thirdeye.journey.versus.kinds import at_level

N = 80
LEAVES = {"naevus": "benign", "keratosis": "benign", "melanoma": "malignant", "carcinoma": "malignant"}
GROUPS = {"benign": ["naevus", "keratosis"], "malignant": ["melanoma", "carcinoma"]}
RNG = np.random.default_rng(0)
TRUTH = np.array(list(LEAVES))[RNG.integers(0, 4, N)]


def said(classes: tuple[str, ...], labels: np.ndarray, noise: float) -> pd.DataFrame:
    raw = np.array([[name == label for name in classes] for label in labels]) + RNG.uniform(
        0, noise, (N, len(classes))
    )
    shares = (raw / raw.sum(axis=1, keepdims=True)).round(4)
    table = pd.DataFrame(
        {"case": [f"i{n}" for n in range(N)], "patient": [f"p{n}" for n in range(N)], "label": labels}
    )
    return table.assign(source="network", **{f"probability_{c}": shares[:, k] for k, c in enumerate(classes)})


@pytest.fixture
def leaves(side):
    """Learnt the four leaves, and knows the level above them."""
    classes = tuple(LEAVES)
    plan = {"task": "multiclass", "classes": list(classes), "positive": None}
    made = side("leaves", said(classes, TRUTH, 1.2), plan, task="multiclass")
    level = {"name": "2 ways", "positive": "malignant", "groups": GROUPS}
    return replace(made, test={"levels": [level], "operating_points": []})


@pytest.fixture
def kinds(side):
    """Learnt the two kinds themselves."""
    labels = np.array([LEAVES[name] for name in TRUTH])
    plan = {"task": "binary", "classes": ["benign", "malignant"], "positive": "malignant"}
    return side("kinds", said(("benign", "malignant"), labels, 1.6), plan)


@pytest.mark.parametrize("turned", [False, True])
def test_what_was_said_is_summed_up(leaves, kinds, turned: bool) -> None:
    given = (kinds, leaves) if turned else (leaves, kinds)
    both = at_level(*given, "2 ways")
    one, other = both[::-1] if turned else both
    assert one.plan["classes"] == other.plan["classes"] == ["benign", "malignant"]
    assert one.task == other.task == "binary"
    table = leaves.predictions
    sums = table["probability_melanoma"] + table["probability_carcinoma"]
    np.testing.assert_allclose(one.predictions["probability_malignant"], sums.clip(0, 1))
    assert list(one.predictions["label"]) == [LEAVES[name] for name in TRUTH]
    assert not [name for name in one.predictions if "melanoma" in name]
    pd.testing.assert_series_equal(
        other.predictions["probability_malignant"], kinds.predictions["probability_malignant"]
    )
    found = compare_cases(*both, seed=0)
    assert found["n"] == N
    names = [leaves.name, kinds.name]
    assert [found["first"], found["second"]] == (names[::-1] if turned else names)


def test_what_cannot_be_summed_up_is_refused(leaves, kinds, side) -> None:
    with pytest.raises(UsageError, match=r"no level is called '9 ways'; the studies have 2 ways"):
        at_level(leaves, kinds, "9 ways")
    plan = {"task": "binary", "classes": ["benign", "melanoma"], "positive": "melanoma"}
    labels = np.where(np.arange(N) % 2 == 0, "benign", "melanoma")
    other = side("other", said(("benign", "melanoma"), labels, 1.0), plan)
    with pytest.raises(StudyMismatch, match="the other cannot answer for these kinds: 'melanoma'"):
        at_level(leaves, other, "2 ways")
