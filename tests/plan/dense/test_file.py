"""``plan.json`` of a segmentation: back and forth, and what a hand may not write."""

from __future__ import annotations

import copy
import json
import runpy
from pathlib import Path

import pytest

from thirdeye.errors import UsageError
from thirdeye.plan.dense.file import dense_plan_from_json
from thirdeye.plan.dense.make import make_dense_plan

FACTS = runpy.run_path(str(Path(__file__).with_name("test_rules.py")))["HIPPOCAMPUS"]


@pytest.fixture
def written():
    return json.loads(json.dumps(make_dense_plan(FACTS).as_json()))


def test_back_and_forth(written):
    made = make_dense_plan(FACTS)
    read = dense_plan_from_json(written)
    assert (read.values(), read.reasons) == (made.values(), made.reasons)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("patch", [40, 57, 40], "multiple of 8"),
        ("levels", 3, "need 3 kernels"),
        ("members", 9, "need as many folds"),
        ("scales", [25], "squares of multiscale_patch"),
        ("strides", [[2, 2]], "need 3 numbers"),
        ("intensity", "window", "four numbers"),
        ("batch_size", 0, "batch_size"),
        ("mining", 1.5, "mining"),
    ],
)
def test_what_contradicts_itself_is_refused(written, name, value, told):
    edited = copy.deepcopy(written)
    edited["values"][name]["value"] = value
    with pytest.raises(UsageError, match=told):
        dense_plan_from_json(edited)


def test_a_value_that_is_missing_is_named(written):
    del written["values"]["spacing_mm"]
    with pytest.raises(UsageError, match="spacing_mm"):
        dense_plan_from_json(written)
