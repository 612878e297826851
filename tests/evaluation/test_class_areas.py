from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from thirdeye.evaluation.class_areas import class_area_metrics
from thirdeye.evaluation.hand_till import hand_till
from thirdeye.evaluation.inputs import check_clusters


def cases(rng, n=240, k=4):
    y = rng.choice(k, n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum())
    odds = np.exp(rng.normal(size=(n, k)) + 1.1 * (y[:, None] == np.arange(k)))
    return y, y[:, None] == np.arange(k), odds / odds.sum(axis=1, keepdims=True)


def areas(membership, p, groups, exclusive=True):
    found = class_area_metrics(membership, p, groups=groups, level=0.95, exclusive=exclusive)
    return {metric.name: metric for metric in found}


def test_values_as_scikit_learn(rng):
    y, membership, p = cases(rng)
    found = areas(membership, p, check_clusters(None, y.size))
    assert found["auc_weighted"].value == pytest.approx(
        roc_auc_score(y, p, multi_class="ovr", average="weighted")
    )
    assert found["auc_micro"].value == pytest.approx(roc_auc_score(membership, p, average="micro"))
    assert found["auc_hand_till"].value == pytest.approx(roc_auc_score(y, p, multi_class="ovo"))
    assert found["auc_hand_till"].value == pytest.approx(hand_till(y, p, k=4))


@pytest.mark.parametrize("name", ["auc_weighted", "auc_micro", "auc_hand_till"])
def test_standard_errors_as_a_bootstrap_by_patient(rng, name):
    _, membership, p = cases(rng, n=600)
    patients = np.arange(600) // 2
    metric = areas(membership, p, check_clusters(patients, 600))[name]
    rows = [np.flatnonzero(patients == one) for one in range(300)]
    drawn = []
    for _ in range(200):
        taken = np.concatenate([rows[one] for one in rng.integers(0, 300, 300)])
        drawn.append(areas(membership[taken], p[taken], check_clusters(None, taken.size))[name].value)
    assert metric.details["standard_error"] == pytest.approx(np.std(drawn), rel=0.17)
    assert metric.n_clusters == 300


def test_an_absent_class_is_undefined_and_two_labels_need_no_m(rng):
    _, membership, p = cases(rng)
    lost = membership.copy()
    lost[:, 2] = False
    found = areas(lost, p, check_clusters(None, 240))
    assert found["auc_weighted"].status == found["auc_hand_till"].status == "undefined"
    assert set(areas(membership, p, check_clusters(None, 240), exclusive=False)) == {
        "auc_weighted",
        "auc_micro",
    }


def test_a_single_case_of_a_class_gives_no_area(rng):
    _, membership, p = cases(rng)
    rows = np.flatnonzero(~membership[:, 0] | (np.cumsum(membership[:, 0]) == 1))
    found = areas(membership[rows], p[rows], check_clusters(None, rows.size))
    assert (found["auc_hand_till"].value, found["auc_hand_till"].status) == (None, "undefined")
