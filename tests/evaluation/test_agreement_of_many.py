"""Agreement of several raters against published tables and what R's irr and irrCAC print."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.agreement import gwet_ac1, kappa_of_table
from thirdeye.evaluation.fleiss import fleiss_kappa, fleiss_kappa_of_counts
from thirdeye.evaluation.gwet import gwet_ac, gwet_of_counts, observed_agreement
from thirdeye.evaluation.intraclass import icc
from thirdeye.evaluation.krippendorff import krippendorff_alpha, krippendorff_alpha_of
from thirdeye.evaluation.ratings import category_counts

NAN = np.nan
# Shrout & Fleiss 1979 (Psychol Bull 86:420), table 2: six subjects, four judges.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
# Gwet's four raters with gaps (also Krippendorff's own example), as printed in irrCAC: cac.raw4raters.
RATERS = np.array([
    [1, 1, NAN, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [NAN, 5, 5, 5], [NAN, NAN, 1, 1], [NAN, NAN, 3, NAN],
])  # fmt: skip
# Fleiss 1971 (Psychol Bull 76:378), table 1: 30 patients, six psychiatrists, five diagnoses.
DIAGNOSES = [
    [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
    [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
    [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
    [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
    [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
]  # fmt: skip


def ratings_of(counts: list[list[int]]) -> np.ndarray:
    """One of the tables of ratings that give these counts."""
    return np.array([np.repeat(np.arange(len(row)), row) for row in counts], dtype=float)


def test_fleiss_published_value() -> None:
    assert fleiss_kappa_of_counts(DIAGNOSES) == pytest.approx(0.43024452006014, rel=1e-9)  # R irr 0.84.1
    assert fleiss_kappa_of_counts(DIAGNOSES) == pytest.approx(statsmodels_fleiss(np.array(DIAGNOSES)))
    metric = fleiss_kappa(ratings_of(DIAGNOSES), k=5)
    assert metric.value == pytest.approx(0.43024452006014)
    assert metric.ci_low == pytest.approx(0.319, abs=0.02)  # irrCAC's analytic interval: 0.319 to 0.541
    assert metric.ci_high == pytest.approx(0.541, abs=0.02)


def test_fleiss_edges() -> None:
    assert fleiss_kappa(np.zeros((5, 3)), k=2).status == "undefined"
    with pytest.raises(DataRefused, match="equally many ratings of every subject, got 1 to 4"):
        fleiss_kappa(RATERS - 1, k=5)


def test_gwet_published_values() -> None:
    value, error = gwet_of_counts(DIAGNOSES)
    assert (value, error) == pytest.approx((0.44788, 0.05566), abs=5e-6)  # R irrCAC 1.0
    metric = gwet_ac(ratings_of(DIAGNOSES), k=5)
    assert (metric.ci_low, metric.ci_high) == pytest.approx((0.334, 0.562), abs=5e-4)
    gaps = gwet_ac(RATERS - 1, k=5)  # Gwet, Handbook of Inter-Rater Reliability: 0.775
    assert (gaps.name, gaps.value) == ("gwet_ac1", pytest.approx(0.77544, abs=5e-6))


def test_gwet_of_two_raters_is_that_of_their_table() -> None:
    rng = np.random.default_rng(0)
    ratings = rng.integers(0, 3, (40, 2))
    table = np.zeros((3, 3))
    np.add.at(table, (ratings[:, 0], ratings[:, 1]), 1)
    assert gwet_ac(ratings, k=3).value == pytest.approx(gwet_ac1(table))


def test_gwet_where_kappa_breaks() -> None:
    pairs = [[0, 0]] * 118 + [[0, 1]] * 5 + [[1, 0]] * 2
    assert gwet_ac(pairs, k=2).value == pytest.approx(0.94077633760872)  # R irrCAC 1.0
    assert kappa_of_table(np.array([[118, 5], [2, 0]])) < 0
    assert gwet_ac([[0, 0]] * 20, k=2).value == 1


def test_ac2_gives_credit_to_near_misses() -> None:
    near, far = [[0, 0], [1, 2], [2, 2], [0, 1]] * 5, [[0, 0], [0, 2], [2, 2], [2, 0]] * 5
    assert (gwet_ac(near, k=3, weights="quadratic").value or 0) > (gwet_ac(near, k=3).value or 0)
    assert (gwet_ac(far, k=3, weights="quadratic").value or 0) < (
        gwet_ac(near, k=3, weights="quadratic").value or 0
    )


@pytest.mark.parametrize(
    ("scale", "value"),
    [("nominal", 0.74342105263158), ("ordinal", 0.81538750375488), ("interval", 0.84910714285714)],
)
def test_krippendorff_published_values(scale: str, value: float) -> None:
    assert krippendorff_alpha_of(RATERS, scale) == pytest.approx(value, rel=1e-9)  # R irr 0.84.1: kripp.alpha
    metric = krippendorff_alpha(RATERS, scale=scale)
    assert metric.value == pytest.approx(value)
    assert metric.n_excluded == {"fewer than two ratings": 1}
    assert metric.ci_low is not None
    assert metric.ci_low < value < (metric.ci_high or 0)


def test_krippendorff_nominal_of_a_complete_table() -> None:
    assert krippendorff_alpha_of(ratings_of(DIAGNOSES)) == pytest.approx(0.43341, abs=5e-6)  # R irrCAC 1.0


def test_krippendorff_interval_is_the_coincidence_form() -> None:
    """The sums give what all pairs of values give, written out."""
    rng = np.random.default_rng(1)
    table = rng.normal(size=(9, 4))
    table[rng.random(table.shape) < 0.2] = NAN
    units = [row[~np.isnan(row)] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = np.concatenate(units)
    within = sum(((u[:, None] - u[None]) ** 2).sum() / (len(u) - 1) for u in units)
    between = ((values[:, None] - values[None]) ** 2).sum() / (len(values) - 1)
    assert krippendorff_alpha_of(table, "interval") == pytest.approx(1 - within / between)


def test_krippendorff_edges() -> None:
    assert krippendorff_alpha(np.ones((5, 3))).status == "undefined"
    assert krippendorff_alpha([[1, NAN], [NAN, 2]]).status == "undefined"
    with pytest.raises(UsageError, match="no scale is called 'cyclic'"):
        krippendorff_alpha_of(RATERS, "cyclic")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [  # R irr 0.84.1: icc(); the values are also those of Shrout & Fleiss 1979, table 4
        ("1_1", 0.16574176840548, -0.13293232487475, 0.72256006232812),
        ("1_k", 0.44279713367927, -0.88444215523812, 0.91241542034078),
        ("2_1", 0.28976377952756, 0.018786513374712, 0.76108436964895),
        ("3_1", 0.71484071484072, 0.34246476503393, 0.94585825995536),
    ],
)
def test_icc_published_values(form: str, value: float, low: float, high: float) -> None:
    metric = icc(JUDGES, form=form)
    assert (metric.value, metric.ci_low, metric.ci_high) == pytest.approx((value, low, high), rel=1e-9)
    assert metric.name == f"icc_{form}"


def test_icc_edges() -> None:
    assert icc(np.ones((20, 2))).status == "undefined"
    same = icc(np.tile(np.arange(20.0)[:, None], 2))
    assert (same.value, same.status) == (1, "degenerate")
    with pytest.raises(DataRefused, match="every subject by every rater"):
        icc(RATERS)
    with pytest.raises(UsageError, match="no ICC is called '4_1'"):
        icc(JUDGES, form="4_1")  # type: ignore[arg-type]


def test_counts() -> None:
    assert category_counts(RATERS - 1, 5).sum(axis=1).tolist() == [3, 4, 4, 4, 4, 4, 4, 4, 4, 3, 2, 1]
    assert observed_agreement(np.array([[2, 0], [1, 1]])) == 0.5
    with pytest.raises(DataRefused, match="7 is not one of the categories 0 to 4"):
        category_counts([[7, 1]], 5)
    with pytest.raises(UsageError, match="two or more"):
        category_counts([[1], [2]], 5)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_alpha_on_an_interval_scale_has_no_unit(scale: float) -> None:
    ratings = np.array([[1.0, 2.0, np.nan], [4.0, 4.5, 4.0], [2.0, 1.0, 2.0], [7.0, 6.0, 8.0]])
    whole = krippendorff_alpha_of(ratings, "interval")
    assert krippendorff_alpha_of(ratings * scale, "interval") == pytest.approx(whole)
