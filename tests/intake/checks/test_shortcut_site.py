from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from thirdeye.intake.association import cramers_v
from thirdeye.intake.checks.shortcut_site import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]


def test_one_source_a_class_is_called(made_exhibits: Make) -> None:
    labels = ["a", "b"] * 40
    (finding,) = check(made_exhibits(labels, columns={"site": ["x", "y"] * 40}))
    assert finding.severity == "warning"
    assert "one class only" in finding.message
    assert finding.evidence["cramers_v"] > 0.9


def test_unequal_shares_with_the_auc_within_a_site(made_exhibits: Make) -> None:
    rng = np.random.default_rng(0)
    site = rng.choice(["x", "y"], 400)
    labels = np.where(rng.random(400) < np.where(site == "x", 0.8, 0.2), "ill", "sound")
    thumbnails = rng.integers(60, 160, (400, 64, 64), dtype=np.uint8)
    thumbnails[site == "x", :8] = 0  # the machine shows, the disease does not
    (finding,) = check(
        made_exhibits(list(labels), thumbnails=thumbnails, columns={"site": site}, positive="ill")
    )
    assert finding.severity == "warning"
    assert finding.evidence["auc_pooled"]["value"] > 0.7
    assert finding.evidence["auc_within_mean"] == pytest.approx(0.5, abs=0.08)


def test_equal_shares_and_unknown_sites(made_exhibits: Make) -> None:
    labels = ["a", "b", "b", "a"] * 30
    assert not list(check(made_exhibits(labels, columns={"site": ["x", "x", "y", "y"] * 30})))
    with pytest.raises(NotApplicable, match="no hospital"):
        list(check(made_exhibits(labels)))


def test_cramers_v_by_hand() -> None:
    """2 x 2 with chi-square 36 of 100: phi2 0.36; less 1/99, over 1 - 1/99 (Bergsma 2013)."""
    counts = pd.DataFrame([[40, 10], [10, 40]])
    assert cramers_v(counts) == pytest.approx(((0.36 - 1 / 99) / (1 - 1 / 99)) ** 0.5)


def test_it_keeps_its_level_where_labels_are_shuffled(made_exhibits: Make) -> None:
    fired = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        labels, site = list(rng.choice(["a", "b"], 90)), rng.choice(["x", "y", "z"], 90)
        fired += bool(list(check(made_exhibits(labels, columns={"site": site}))))
    assert fired <= 3  # one test at 1 %
