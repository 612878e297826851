"""The lecture's tables of referrals: how many patients, and how many errors."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.penalty import penalty_matrix, penalty_score
from thirdeye.recipes.learning.oct_experts import PRINTED, printed_cases


@pytest.mark.parametrize(("name", "errors"), [("model", 55), ("specialist 1", 55), ("specialist 2", 63)])
def test_997_patients_and_as_many_errors_as_are_told(name: str, errors: int) -> None:
    truth, call = printed_cases(name)
    assert len(truth) == 997
    assert (truth != call).sum() == errors
    table = np.zeros((4, 4), int)
    np.add.at(table, (3 - truth, 3 - call), 1)
    assert table.tolist() == [list(row) for row in PRINTED[name]]


def test_the_same_patients_in_every_table() -> None:
    counts = {tuple(np.bincount(printed_cases(name)[0])) for name in PRINTED}
    assert counts == {(249, 266, 230, 252)}


def test_as_many_errors_need_not_be_as_bad() -> None:
    far = penalty_matrix(np.abs(np.subtract.outer(range(4), range(4))), 4)
    scores = {name: penalty_score(*printed_cases(name), far).value for name in PRINTED}
    assert scores["model"] != scores["specialist 1"]
