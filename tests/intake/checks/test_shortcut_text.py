from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thirdeye.intake.checks.shortcut_text import check
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]
CORNERS = ("marks_upper_left", "marks_upper_right", "marks_lower_left", "marks_lower_right")


def marks(where: np.ndarray) -> dict[str, list[int]]:
    counts = where.astype(int).tolist()
    zeros = [0] * len(counts)
    return {"marks": counts, **dict.fromkeys(CORNERS, zeros), CORNERS[0]: counts}


def test_marks_on_one_class_are_called_with_their_odds(made_exhibits: Make) -> None:
    """40 of 50 against 10 of 50: odds ratio 16, Woolf's interval 16 exp(+-2.58 sqrt(2/40 + 2/10))."""
    labels = ["a"] * 50 + ["b"] * 50
    where = np.arange(100) % 50 < np.where(np.arange(100) < 50, 10, 40)
    (finding,) = check(made_exhibits(labels, facts=marks(where), positive="b"))
    odds = finding.evidence["odds_ratio"]
    half = 2.575829 * np.sqrt(2 / 40 + 2 / 10)
    assert odds["value"] == pytest.approx(16, rel=1e-3)
    assert odds["ci_low"] == pytest.approx(16 * np.exp(-half), rel=1e-2)
    assert odds["ci_high"] == pytest.approx(16 * np.exp(half), rel=1e-2)
    assert finding.severity == "warning"
    assert finding.evidence["auc"]["value"] == pytest.approx(0.8, abs=0.02)
    assert len(finding.cases) == 50
    assert finding.exhibits


def test_marks_that_do_not_go_with_the_label_are_clean(made_exhibits: Make) -> None:
    labels = ["a", "b"] * 50
    assert not list(check(made_exhibits(labels, facts=marks(np.arange(100) % 4 < 2))))


def test_a_class_with_all_the_marks_has_no_interval_but_is_called(made_exhibits: Make) -> None:
    labels = ["a"] * 50 + ["b"] * 50
    (finding,) = check(made_exhibits(labels, facts=marks(np.arange(100) < 40)))
    assert finding.evidence["odds_ratio"]["method"] == "haldane"
    assert finding.severity == "warning"


def test_it_keeps_its_level_where_labels_are_shuffled(made_exhibits: Make) -> None:
    fired = 0
    for seed in range(40):
        labels = list(np.random.default_rng(seed).permutation(["a", "b", "c"] * 40))
        fired += bool(list(check(made_exhibits(labels, facts=marks(np.arange(120) % 3 == 0)))))
    assert fired <= 2  # two tests at 1 %


def test_too_few_marks_are_not_applicable(made_exhibits: Make) -> None:
    with pytest.raises(NotApplicable, match="next to no picture"):
        list(check(made_exhibits(["a", "b"] * 50, facts=marks(np.arange(100) < 5))))
