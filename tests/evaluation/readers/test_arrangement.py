from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.arrangement import arrangement
from thirdeye.evaluation.readers.components import components, mean_squares
from thirdeye.evaluation.readers.covariance import covariance, figures
from thirdeye.evaluation.readers.merit import AUC
from thirdeye.evaluation.readers.obuchowski_rockette import analyse, analyse_table
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.simulated import Simulation, simulated_study
from thirdeye.evaluation.readers.split_plot import sharing_of, within_groups

KINDS = (
    "crossed", "partly_crossed", "split_plot", "cases_nested_in_readers", "cases_nested_in_tests",
    "readers_nested_in_tests",
)  # fmt: skip


def study(rng: np.random.Generator, kind: str = "crossed", **numbers: float) -> Readings:
    return simulated_study(Simulation(kind=kind, **numbers), rng)


@pytest.mark.parametrize("kind", KINDS)
def test_recognised(kind: str, rng) -> None:
    found = arrangement(study(rng, kind))
    assert found.kind == kind
    assert len(set(found.groups)) == {"split_plot": 3, "cases_nested_in_readers": 6}.get(kind, 1)


def test_a_reader_with_some_of_the_tests_is_refused(rng) -> None:
    made = study(rng)
    ratings = made.ratings.copy()
    ratings[1, 2] = np.nan
    with pytest.raises(DataRefused, match="reader '3' read nothing with test '2'"):
        analyse(Readings(ratings, made.truth, made.tests, made.readers, made.cases))


@pytest.mark.parametrize("kind", KINDS[1:])
def test_delong_is_refused(kind: str, rng) -> None:
    with pytest.raises((DataRefused, UsageError), match="DeLong"):
        analyse(study(rng, kind), method="delong")


def test_one_group_gives_the_crossed_analysis(rng) -> None:
    made = study(rng, readers=4)
    table, spread = figures(made, AUC), covariance(made, AUC, "jackknife")
    squares, parts = mean_squares(table), components(table, spread)
    inner, within = within_groups(table, spread, (0, 0, 0, 0), squares, parts)
    assert inner.interaction == pytest.approx(squares.interaction)
    assert inner.reader == pytest.approx(squares.reader)
    assert (within.same_test, within.neither) == pytest.approx((parts.same_test, parts.neither))
    assert (within.reader, within.interaction) == pytest.approx((parts.reader, parts.interaction))
    assert sharing_of((0, 0, 0, 0)).shared == 4


def test_split_plot_by_hand(rng) -> None:
    """Two groups of two readers: Hillis 2014, mixed split-plot, written out."""
    made = study(rng, "split_plot", readers=4, groups=2)
    found = analyse(made, method="jackknife")
    table, spread = figures(made, AUC), covariance(made, AUC, "jackknife")
    gap = table[0] - table[1]
    about = gap - np.array([gap[[0, 2]].mean(), gap[[1, 3]].mean()])[[0, 1, 0, 1]]
    interaction = (about**2).sum() / 2 / 2  # over two tests; (t - 1)(r - G) = 2
    cells = spread.reshape(2, 4, 2, 4)
    pairs = [(0, 2), (2, 0), (1, 3), (3, 1)]
    same = np.mean([cells[t, j, t, k] for t in range(2) for j, k in pairs])
    neither = np.mean([cells[t, j, 1 - t, k] for t in range(2) for j, k in pairs])
    denominator = interaction + 2 * max(same - neither, 0)
    test = 4 * ((table.mean(axis=1) - table.mean()) ** 2).sum()
    assert found.overall.statistic == pytest.approx(test / denominator)
    assert found.overall.df_denominator == pytest.approx(denominator**2 / (interaction**2 / 2))
    assert found.differences[0].standard_error == pytest.approx((2 * denominator / 4) ** 0.5)
    assert "2 groups" in found.arrangement


def test_readers_nested_in_tests_by_hand(rng) -> None:
    made = study(rng, "readers_nested_in_tests", readers=3)
    found = analyse(made, method="jackknife")
    test = np.arange(6) % 2
    own = Readings(made.ratings[test, np.arange(6)][None], made.truth, ("own",), made.readers, made.cases)
    values, spread = figures(own, AUC)[0], covariance(own, AUC, "jackknife")
    within = np.mean([values[test == i].var(ddof=1) for i in range(2)])
    alike = (test[:, None] == test) & ~np.eye(6, dtype=bool)
    extra = max(spread[alike].mean() - spread[test[:, None] != test].mean(), 0)
    denominator = within + 3 * extra
    means = np.array([values[test == i].mean() for i in range(2)])
    assert found.overall.statistic == pytest.approx(3 * means.var(ddof=1) / denominator)
    assert found.overall.df_denominator == pytest.approx(denominator**2 / (within**2 / 4))
    assert found.differences[0].value == pytest.approx(means[0] - means[1])
    assert np.isnan(found.figures[0][1])
    fixed = analyse(made, method="jackknife", random="cases")
    contrast = np.where(test == 0, 1, -1) / 3
    assert fixed.differences[0].standard_error == pytest.approx((contrast @ spread @ contrast) ** 0.5)


def test_one_reader_for_a_test_needs_fixed_readers(rng) -> None:
    made = study(rng, "readers_nested_in_tests", readers=1)
    with pytest.raises(DataRefused, match="nothing tells reader from test"):
        analyse(made)
    assert analyse(made, random="cases").overall.p is not None


def test_groups_of_unequal_size_keep_the_variance(rng) -> None:
    """The error of the difference is that of its own linear combination, readers taken as fixed."""
    made = study(rng, "split_plot", readers=5, groups=2)
    table, spread = figures(made, AUC), covariance(made, AUC, "unbiased")
    found = analyse_table(
        table, spread, tests=made.tests, readers=made.readers, merit="auc", random="cases",
        groups=arrangement(made).groups, keep_negative=True,
    )  # fmt: skip
    contrast = np.repeat([1, -1], 5) / 5
    assert found.differences[0].standard_error == pytest.approx((contrast @ spread @ contrast) ** 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_false_alarm_without_a_difference(kind: str) -> None:
    """150 studies under the null: the level of 5 % within three standard errors."""
    rng = np.random.default_rng(3)
    p = [analyse(study(rng, kind, readers=5, cases=50)).overall.p for _ in range(150)]
    assert np.mean(np.array(p) < 0.05) < 0.05 + 3 * (0.05 * 0.95 / 150) ** 0.5


@pytest.mark.slow
def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(4)
    p = [analyse(study(rng, "split_plot", readers=6, effect=1.0)).overall.p for _ in range(20)]
    assert np.mean(np.array(p) < 0.05) > 0.8
