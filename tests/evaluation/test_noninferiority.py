from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thirdeye.errors import UsageError
from thirdeye.evaluation.noninferiority import Margin, noninferior_auc, noninferior_proportion

MARGIN = Margin("auc", 0.15, 0.05, "2026-01-05", "the loss that the panel would accept")


@pytest.mark.data
def test_auc_by_delong(known) -> None:
    case, columns = known["noninferiority.auc.asah"], known.columns("noninferiority.auc.asah")
    labels = columns["outcome"].astype(int)
    found = noninferior_auc(
        labels, columns["s100b"], columns["wfns"], margin=MARGIN, agreed_sha256=MARGIN.sha256
    )
    told = case["value"]
    assert found.difference == pytest.approx(told["diff"], rel=1e-8)
    assert found.standard_error == pytest.approx(told["se"], rel=1e-8)
    assert found.z == pytest.approx(told["z"], rel=1e-8)
    assert found.p == pytest.approx(told["p_one_sided"], rel=1e-8)
    assert found.lower == pytest.approx(told["lower_95_one_sided"], rel=1e-8)
    assert not found.shown


@pytest.mark.data
def test_sensitivity_by_tango(known) -> None:
    told = known["noninferiority.paired_sens"]["value"]
    margin = Margin("sensitivity", 0.05, 0.025, "2026-01-05", "as agreed")
    found = noninferior_proportion(12, 9, 120, margin=margin, agreed_sha256=margin.sha256)
    assert found.z == pytest.approx(told["tango_z_at_minus_margin"], rel=1e-6)
    assert found.p == pytest.approx(told["tango_p"], rel=1e-6)
    assert found.lower == pytest.approx(told["tango_ci95"][0], rel=1e-6)
    assert not found.shown


def test_the_limit_and_the_test_agree(rng) -> None:
    margin = Margin("specificity", 0.1, 0.025, "2026-01-05", "as agreed")
    for _ in range(50):
        n = int(rng.integers(40, 200))
        new, reference = (int(part) for part in rng.integers(0, n // 4, 2))
        found = noninferior_proportion(new, reference, n, margin=margin, agreed_sha256=margin.sha256)
        assert found.shown == (found.p < 0.025)


def test_a_margin_chosen_afterwards_is_refused() -> None:
    labels, scores = [0, 0, 1, 1] * 5, np.arange(20.0)
    wider = replace(MARGIN, margin=0.3)
    with pytest.raises(UsageError, match="proves nothing"):
        noninferior_auc(labels, scores, scores[::-1], margin=wider, agreed_sha256=MARGIN.sha256)
    with pytest.raises(UsageError, match="for auc, not for sensitivity"):
        noninferior_proportion(1, 2, 30, margin=MARGIN, agreed_sha256=MARGIN.sha256)


def test_margins_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="loss above 0"):
        replace(MARGIN, margin=-0.1)
    with pytest.raises(UsageError, match="one-sided level"):
        replace(MARGIN, alpha=0.9)
