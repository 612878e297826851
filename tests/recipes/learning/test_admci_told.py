"""What is told beside the answers: every figure against its own counting."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thirdeye.recipes.learning.admci_repeat import PARTS, Prepared
from thirdeye.recipes.learning.admci_told import (
    measurement_shares,
    measurement_table,
    repeat_accuracies,
    repeat_table,
)
from thirdeye.recipes.system import ANSWER

PREPARED = Prepared(
    middle=np.zeros(3), spread=np.ones(3), components=np.array([[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]),
    frequency=np.array([1.0, 0.1]), stable=np.array([True, False]), low=np.zeros(1), high=np.ones(1),
    variance=np.array([0.9, 0.1]),
)  # fmt: skip
TEST: Any = SimpleNamespace(
    arrays={"measurements": np.zeros((4, 3))}, labels=np.array([0, 1, 1, 0]), rows=[0, 1, 2, 3]
)


def model(*answers: list[int]) -> Any:
    """A member whose repeats give these answers, and whose parts are always wrong."""
    wrong = dict.fromkeys(PARTS, np.eye(2)[1 - TEST.labels])

    def repeat(answer: list[int]) -> Any:
        return SimpleNamespace(say=lambda visible: {ANSWER: np.eye(2)[answer], **wrong})

    says = [repeat(answer) for answer in answers]
    return SimpleNamespace(prepared=PREPARED, repeats=tuple(says))


def test_only_kept_components_count_for_a_measurement() -> None:
    assert measurement_shares(PREPARED) == pytest.approx([0.36, 0.64, 0.0])
    both = replace(PREPARED, stable=np.array([True, True]))
    assert measurement_shares(both) == pytest.approx([0.18, 0.32, 0.5])
    rows = measurement_table([PREPARED, both], ["a", "b", "c"]).rows
    assert [row[0] for row in rows] == ["b", "a", "c"] or [row[0] for row in rows] == ["b", "c", "a"]
    assert rows[0] == ("b", "48.00%", "1.4", "32.00% to 64.00%")


def test_repeats_are_counted_one_by_one() -> None:
    members = [model([0, 1, 1, 0], [0, 1, 0, 0]), model([1, 1, 0, 0])]
    found = repeat_accuracies(members, TEST)
    assert found[ANSWER] == [1.0, 0.75, 0.5]
    assert found["no_dropout"] == [0.0, 0.0, 0.0]
    table = repeat_table(members, TEST)
    assert table.rows[0] == ("whole model", "75.0%", "25.0%", "50.0% to 100.0%")
    assert "3 repeats on the same 4 patients" in table.notes[0]


def test_of_one_repeat_no_deviation_is_told() -> None:
    assert repeat_table([model([0, 1, 1, 0])], TEST).rows[0][2] == "undefined: one repeat"
