from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.concordance import concordance, pair_counts


@pytest.mark.data
def test_as_survival_of_r(known) -> None:
    told, columns = known["cindex.lung"]["value"], known.columns("cindex.lung")
    args = columns["time"], columns["event"], columns["risk"]
    harrell = concordance(*args)
    assert harrell.value == pytest.approx(told["harrell_c"], rel=1e-9)
    assert harrell.details["standard_error"] == pytest.approx(told["harrell_se"], rel=1e-7)
    uno = concordance(*args, weighting="uno")
    assert uno.value == pytest.approx(told["uno_c"], rel=1e-9)
    assert uno.details["standard_error"] == pytest.approx(told["uno_se"], rel=1e-7)
    assert concordance(*args, tau=365).value == pytest.approx(told["harrell_truncated_365"], rel=1e-9)
    events = columns["event"] == 1
    counts = pair_counts(columns["time"], events, columns["risk"], weighting="harrell", tau=None)
    assert (counts.concordant, counts.discordant, counts.tied) == (
        told["concordant"], told["discordant"], told["tied_x"],
    )  # fmt: skip


def test_by_hand() -> None:
    """Pairs (1,2) right, (1,3) right, (2,3) unknown because 2 was censored."""
    found = concordance([1, 2, 3], [1, 0, 1], [5, 3, 4])
    assert found.value == 1.0
    assert concordance([1, 2, 3], [1, 0, 1], [3, 3, 4]).value == pytest.approx((0.5 + 0) / 2)


def test_without_censoring_two_times_are_an_auc(rng) -> None:
    early = rng.integers(0, 2, 60)
    risk = np.round(rng.normal(early, 1), 1)
    found = concordance(np.where(early, 1, 2), np.ones(60), risk)
    assert found.value == pytest.approx(auc(early, risk).value)


def test_no_comparable_pair_is_undefined() -> None:
    found = concordance([1, 2, 3], [0, 0, 0], [3, 2, 1])
    assert (found.value, found.status) == (None, "undefined")


def test_few_events_are_unstable() -> None:
    assert concordance([1, 2, 3, 4], [1, 1, 0, 0], [4, 3, 2, 1]).status == "unstable"


def test_blocks_do_not_matter(rng, monkeypatch) -> None:
    time, event, risk = rng.integers(0, 40, 300), rng.integers(0, 2, 300), rng.normal(size=300)
    whole = concordance(time, event, risk, weighting="uno")
    monkeypatch.setattr("thirdeye.evaluation.concordance._BLOCK", 7)
    assert concordance(time, event, risk, weighting="uno").value == pytest.approx(whole.value)


def test_unknown_weighting() -> None:
    with pytest.raises(UsageError, match="choose harrell or uno"):
        concordance([1], [1], [1], weighting="gonen")  # type: ignore[arg-type]
