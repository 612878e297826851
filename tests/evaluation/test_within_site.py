"""The AUC within sites: lifted where the reader knows the site, not where it knows the disease."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.within_site import within_site_evidence


def judged(truth: Any, logit: Any, site: Any) -> list[dict[str, Any]]:
    scores = 1 / (1 + np.exp(-logit))
    return within_site_evidence(
        labels=truth.astype(int), probabilities=np.column_stack([1 - scores, scores]), classes=["no", "yes"],
        task="binary", positive="yes", clusters=None,
        columns={"hospital": list(site), "sex": ["f"] * len(site)},
    )  # fmt: skip


@pytest.fixture
def sites():
    """Twice as many ill at one hospital as at the other."""
    rng = np.random.default_rng(0)
    site = rng.choice(["a", "b"], 600)
    truth = rng.random(600) < np.where(site == "a", 0.6, 0.2)
    return rng, site, truth


def test_a_reader_of_sites_is_found_out(sites) -> None:
    rng, site, truth = sites
    found = judged(truth, rng.normal(size=600) + 2 * (site == "a"), site)
    assert [one["column"] for one in found] == ["hospital"]
    assert found[0]["lifted"]
    assert found[0]["pooled"]["value"] > 0.65
    assert found[0]["within"]["ci_low"] < 0.5 < found[0]["within"]["ci_high"]
    assert "telling sites apart" in found[0]["verdict"]


def test_a_reader_of_the_disease_is_not(sites) -> None:
    rng, site, truth = sites
    found = judged(truth, rng.normal(size=600) + 2 * truth, site)
    assert not found[0]["lifted"]
    assert found[0]["difference"]["ci_low"] < 0.02


def test_values_and_prevalence_by_hand(sites) -> None:
    rng, site, truth = sites
    logit = rng.normal(size=600) + truth
    found = judged(truth, logit, site)[0]
    inside = [auc(truth[site == name], logit[site == name]).value for name in ("a", "b")]
    assert found["within"]["value"] == pytest.approx(np.mean(inside))
    assert found["pooled"]["value"] == pytest.approx(auc(truth, logit).value)
    shares = {one["site"]: one["metric"]["value"] for one in found["prevalence"]}
    assert shares == pytest.approx({name: truth[site == name].mean() for name in ("a", "b")})


def test_one_site_or_too_few_cases_say_nothing(sites) -> None:
    rng, _, truth = sites
    assert judged(truth, rng.normal(size=600), ["a"] * 600) == []
    few = ["a"] * 585 + ["b"] * 15
    assert judged(truth, rng.normal(size=600), few) == []
