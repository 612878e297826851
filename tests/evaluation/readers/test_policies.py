from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.deferral import certainty, deferral_rules
from thirdeye.evaluation.readers.decisions import Decisions, decisions_of
from thirdeye.evaluation.readers.disagreement import disagreement
from thirdeye.evaluation.readers.policies import policies


@pytest.fixture
def made(rng) -> tuple[Decisions, np.ndarray]:
    truth = np.arange(80) % 2
    p = np.clip(0.5 + (truth - 0.5) * 0.5 + rng.normal(0, 0.25, 80), 0.01, 0.99)
    called = (rng.random((4, 80)) < np.where(truth == 1, 0.8, 0.15)).astype(float)
    return decisions_of(called, truth, (p >= 0.4).astype(int)), p


def test_each_policy_by_playing_it(made) -> None:
    decisions, p = made
    rules = deferral_rules(p, threshold=0.4, shares=(0.25,))
    found = {one.name: one for one in policies(decisions, probabilities=p, rules=rules)}
    truth, said = decisions.truth, decisions.machine
    assert found["machine alone"].sensitivity.value == pytest.approx(said[truth].mean())
    assert found["reader alone"].specificity.value == pytest.approx(1 - decisions.called[:, ~truth].mean())
    handed = certainty(p, 0.4) < rules[0].below
    assert handed.mean() == 0.25
    mixed = np.where(handed, decisions.called, said)
    one = found["least certain 25% to the reader"]
    assert one.sensitivity.value == pytest.approx(mixed[:, truth].mean())
    assert one.workload == 0.25
    last = found["reader and machine, another reader arbitrates"]
    played = [
        np.where(decisions.called[j] == said, said, decisions.called[k]) for j, k in permutations(range(4), 2)
    ]
    assert last.sensitivity.value == pytest.approx(np.mean(played, axis=0)[truth].mean())
    assert last.specificity.value == pytest.approx(1 - np.mean(played, axis=0)[~truth].mean())
    assert last.workload == pytest.approx(1 + (decisions.called != said).mean())


def test_intervals_hold_the_value_and_widen_with_readers_who_differ(made) -> None:
    decisions, _ = made
    narrow = policies(decisions)[1].sensitivity
    assert narrow.ci_low < narrow.value < narrow.ci_high
    assert narrow.ci_method == "bootstrap_readers_and_cases"
    apart = decisions.called.copy()
    apart[0], apart[1] = 1, 0
    wide = policies(decisions_of(apart, decisions.truth, decisions.machine))[1].sensitivity
    assert wide.ci_high - wide.ci_low > 2 * (narrow.ci_high - narrow.ci_low)


def test_one_reader_has_no_arbiter(made) -> None:
    decisions, _ = made
    found = policies(decisions_of(decisions.called[:1], decisions.truth, decisions.machine))
    assert [one.name for one in found] == ["machine alone", "reader alone"]
    assert found[1].sensitivity.ci_method == "bootstrap_cases_one_reader"


def test_refusals(made) -> None:
    decisions, p = made
    with pytest.raises(UsageError, match="machine's decisions"):
        policies(decisions_of(decisions.called, decisions.truth))
    with pytest.raises(UsageError, match="probabilities"):
        policies(decisions, rules=deferral_rules(p, threshold=0.5))
    gap = decisions.called.copy()
    gap[:, 3] = np.nan
    with pytest.raises(DataRefused, match="nobody read case '4'"):
        decisions_of(gap, decisions.truth)


def test_certainty_orders_as_confidence_at_one_half(rng) -> None:
    p = rng.random(50)
    assert (np.argsort(certainty(p, 0.5)) == np.argsort(np.maximum(p, 1 - p))).all()
    assert certainty([0.2], 0.2).tolist() == [0.0]
    assert certainty([0.0, 1.0], 0.2).tolist() == [1.0, 1.0]


def test_discordant_cases() -> None:
    called = [[1, 0, 1, 0], [1, 0, 0, np.nan]]
    found = disagreement(decisions_of(called, [1, 0, 1, 0], [1, 1, 1, 0], cases=["a", "b", "c", "d"]))
    assert [(one.case, one.readers_differ, one.machine_differs) for one in found.cases] == [
        ("b", False, True), ("c", True, True),
    ]  # fmt: skip
    assert found.n == 4


def test_agreement_before_adjudication(made) -> None:
    decisions, _ = made
    found = disagreement(decisions)
    assert [metric.name for metric in found.among_readers] == ["krippendorff_alpha_nominal", "gwet_ac1"]
    assert all(metric.ci_low < metric.value < metric.ci_high for metric in found.among_readers)
    assert [metric.class_name for metric in found.kappas] == ["1", "2", "3", "4"]
    same = disagreement(decisions_of(np.tile(decisions.machine, (2, 1)), decisions.truth, decisions.machine))
    assert same.cases == ()
    assert same.among_readers[0].value == 1
