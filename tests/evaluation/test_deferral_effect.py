from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.deferral_effect import effect_of_deferral
from thirdeye.evaluation.inputs import check_clusters
from thirdeye.evaluation.proportion import wilson


def test_by_hand() -> None:
    left = [True, False, False, False, True]
    truth, positive = np.array([1, 1, 0, 0, 0], bool), np.array([0, 1, 1, 0, 0], bool)
    losses = (truth != positive).astype(float)
    found = effect_of_deferral(left, losses, truth=truth, positive=positive)
    values = {kind: [metric.value for metric in metrics] for kind, metrics in found.items()}
    assert values["rule"] == [0.4, 0.5]  # of two wrong decisions one is handed over
    assert values["all"] == pytest.approx([0.6, 0.5, 2 / 3])
    assert values["kept"] == pytest.approx([2 / 3, 1, 0.5])
    assert (found["rule"][0].ci_low, found["rule"][0].ci_high) == wilson(2, 5)


def test_nothing_wrong_leaves_the_catch_undefined() -> None:
    found = effect_of_deferral([True, False], [0, 0])
    assert found["rule"][1].status == "undefined"
    assert [metric.name for metric in found["kept"]] == ["accuracy"]


def test_everything_handed_over_leaves_nothing_to_measure() -> None:
    found = effect_of_deferral(
        [True, True], [0, 1], truth=np.array([True, False]), positive=np.array([True, True])
    )
    assert {metric.status for metric in found["kept"]} == {"undefined"}


def test_patients_cluster() -> None:
    left = np.repeat([True, False], 50)
    groups = check_clusters(np.repeat(np.arange(10), 10), 100)
    alone, together = (
        effect_of_deferral(left, np.zeros(100), clusters=one)["rule"][0] for one in (None, groups)
    )
    assert together.ci_high - together.ci_low > 2 * (alone.ci_high - alone.ci_low)
