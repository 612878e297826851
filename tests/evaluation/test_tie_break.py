"""A person decides where networks disagree: counted by hand on few cases."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.tie_break import tie_break_evidence

NAN = float("nan")
LABELS = np.array([1, 1, 1, 1, 0, 0, 0, 0])
CALLS = np.array(
    [[1, 1], [1, 0], [0, 1], [0, 0], [0, 0], [0, 0], [1, 0], [1, 1]], dtype=bool
)  # they disagree on the cases 1, 2 and 6
TOGETHER = np.array([1, 1, 0, 0, 0, 0, 1, 1], dtype=bool)


def measured(found: dict, name: str) -> tuple[float, float, float]:
    one = next(each for each in found["measures"] if each["name"] == name)
    return one["first"]["value"], one["second"]["value"], one["difference"]["value"]


def test_a_person_who_is_right_puts_the_disagreements_right() -> None:
    found = tie_break_evidence(LABELS, CALLS, TOGETHER, LABELS.astype(float))
    assert (found["n"], found["n_disagree"], found["n_without_call"]) == (8, 3, 0)
    assert measured(found, "sensitivity") == (0.75, 0.5, 0.25)
    assert measured(found, "specificity") == (0.75, 0.5, 0.25)
    assert measured(found, "accuracy") == (0.75, 0.5, 0.25)
    assert [one["value"] for one in found["person"]] == [1.0, 1.0]
    assert "3 of 8 cases" in found["verdict"]
    assert "no difference shown" in found["verdict"]


def test_where_nobody_says_anything_the_joint_call_stands() -> None:
    silent = np.where(np.arange(8) == 2, NAN, LABELS.astype(float))
    found = tie_break_evidence(LABELS, CALLS, TOGETHER, silent)
    assert found["n_without_call"] == 1
    assert measured(found, "sensitivity")[0] == 0.5
    assert found["person"][0]["n"] == 3


def test_agreement_is_never_overruled() -> None:
    agreed = [0, 3, 4, 7] * 2
    found = tie_break_evidence(LABELS, CALLS[agreed], TOGETHER[agreed], 1.0 - LABELS)
    assert found["n_disagree"] == 0
    assert "nobody is asked" in found["verdict"]


@pytest.mark.parametrize(("right", "word"), [(True, "better"), (False, "worse")])
def test_a_difference_is_told_with_its_interval(right: bool, word: str) -> None:
    labels = np.arange(200) % 2
    calls = np.column_stack([labels == 1, np.where(np.arange(200) < 80, labels == 0, labels == 1)])
    second = np.where(np.arange(200) < 80, 1 - labels, labels)
    together = np.where(np.arange(200) % 4 < 2, labels, second) == 1
    person = (labels if right else 1 - labels).astype(float)
    found = tie_break_evidence(labels, calls, together, person, clusters=np.arange(200) // 2)
    assert word in found["verdict"]
    assert found["measures"][0]["first"]["n_clusters"] == 100
