from __future__ import annotations

import numpy as np

from thirdeye.intake.probe.confident import confident_joint, find_suspects


def test_the_joint_by_hand() -> None:
    """Bars: class 0 mean(.9, .8, .1) = .6; class 1 mean(.7, .9, .3) = .633."""
    given = np.array([0, 0, 0, 1, 1, 1])
    first = np.array([0.9, 0.8, 0.1, 0.3, 0.1, 0.7])
    label, joint = confident_joint(given, np.stack([first, 1 - first], axis=1))
    assert label.tolist() == [0, 0, 1, 1, 1, 0]
    assert joint.tolist() == [[2, 1], [1, 2]]


def test_a_case_below_every_bar_has_no_confident_label() -> None:
    given = np.array([0, 0, 1, 1])
    first = np.array([0.9, 0.5, 0.5, 0.1])
    label, _ = confident_joint(given, np.stack([first, 1 - first], axis=1))
    assert label.tolist() == [0, -1, -1, 1]


def test_only_clear_contradictions_are_accused_the_worst_first() -> None:
    given = np.array([0] * 10 + [1] * 10)
    first = np.array([0.95] * 7 + [0.12, 0.02, 0.3] + [0.15] * 10)
    found = find_suspects(given, np.stack([first, 1 - first], axis=1))
    assert found.rows.tolist() == [8, 7]
    assert found.other.tolist() == [1, 1]
    assert found.own.tolist() == [0.02, 0.12]
