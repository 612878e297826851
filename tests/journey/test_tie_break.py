"""A person decides where the networks of a reader disagree, from a column of the table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.errors import UsageError
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.tie_break import calls_of, join_tie_break, refuse_unfit_tie_break

LABELS = np.array([0, 1] * 30)
READER = Manifest(
    task="binary", classes=("well", "ill"), positive="ill", architecture="a + b", input={},
    calibration=Calibration("none", "binary"), onnx={},
    members=({"architecture": "a", "fold": 0}, {"architecture": "b", "fold": 0}),
    operating_points=({"name": "youden", "threshold": 0.5, "origin": "tuned_on_validation"},),
)  # fmt: skip


def plan(**changed: Any) -> Any:
    given = {"task": "binary", "classes": ("well", "ill"), "positive": "ill", "networks": ("b",)}
    return SimpleNamespace(**(given | {"tie_break": "doctor"} | changed))


@pytest.fixture
def scored() -> Any:
    """The second network is wrong on the first ten cases, the first never; the doctor is right."""
    first = np.where(LABELS == 1, 2.0, -2.0)
    second = np.where(np.arange(60) < 10, -first, first)
    logits = np.stack([np.column_stack([0 * one, one]) for one in (first, second)], axis=1)
    ill = 1 / (1 + np.exp(-logits.mean(axis=1)[:, 1]))
    rows = pd.DataFrame({"doctor": np.where(LABELS == 1, "ill", "well")})
    return SimpleNamespace(
        members=logits.astype(np.float32), labels=LABELS, patients=np.arange(60).astype(str),
        rows=np.arange(60),
        network=np.column_stack([1 - ill, ill]), material=SimpleNamespace(rows=rows),
    )  # fmt: skip


def test_the_person_decides_where_they_disagree(scored: Any) -> None:
    entry: dict[str, Any] = {}
    join_tie_break(entry, scored, plan(), READER, patients_known=True)
    found = entry["tie_break"]
    assert (found["column"], found["networks"], found["n_disagree"]) == ("doctor", ["a", "b"], 10)
    accuracy = found["measures"][-1]
    assert accuracy["first"]["value"] == 1.0
    assert accuracy["second"]["value"] == pytest.approx(55 / 60)  # a tie of logits is called ill


def test_nobody_named_means_nothing_told(scored: Any) -> None:
    entry: dict[str, Any] = {}
    join_tie_break(entry, scored, plan(tie_break=""), READER, patients_known=True)
    assert entry == {}


def test_cells_that_hold_neither_class_are_no_call() -> None:
    found = calls_of(pd.Series(["ill", "well", "", "unsure"]), plan())
    np.testing.assert_array_equal(found, [1.0, 0.0, np.nan, np.nan])


def test_a_column_that_is_not_there_is_refused_before_training() -> None:
    rows = pd.DataFrame({"image": ["a"]})
    with pytest.raises(UsageError, match="the column 'doctor', which the table has not"):
        refuse_unfit_tie_break(plan(), rows)
    with pytest.raises(UsageError, match="needs a yes-or-no question and several networks"):
        refuse_unfit_tie_break(plan(networks=()), rows.assign(doctor="ill"))
    refuse_unfit_tie_break(plan(tie_break=""), rows)
