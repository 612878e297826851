"""Agreement, sample size and edges of the folder of known answers that no other test reads."""

from __future__ import annotations

import numpy as np
import pytest

from thirdeye.evaluation.bland_altman import limits_of_agreement
from thirdeye.evaluation.concordance import concordance
from thirdeye.evaluation.decision_curve import decision_curve
from thirdeye.evaluation.fleiss import fleiss_kappa_of_counts
from thirdeye.evaluation.gwet import gwet_of_counts
from thirdeye.evaluation.intraclass import icc
from thirdeye.evaluation.krippendorff import krippendorff_alpha_of
from thirdeye.evaluation.mcnemar import mcnemar
from thirdeye.evaluation.operating_point import youden_points
from thirdeye.evaluation.ratings import category_counts
from thirdeye.evaluation.sample_size import cases_for_precision, pairs_for_mcnemar

pytestmark = pytest.mark.data


def ratings(known, case_id: str) -> np.ndarray:
    columns = known.columns(case_id)
    table = [
        [float("nan") if value in ("NA", "") else float(value) for value in column]
        for name, column in columns.items()
        if name != "subject"
    ]
    return np.array(table).T


def test_fleiss_and_gwet(known) -> None:
    counts = category_counts(ratings(known, "fleiss.diagnoses") - 1, 5)
    assert fleiss_kappa_of_counts(counts) == pytest.approx(
        known["fleiss.diagnoses"]["value"]["kappa"], rel=1e-6
    )
    told = known["irrcac.diagnoses"]["value"]
    assert gwet_of_counts(counts) == pytest.approx(
        (told["gwet_ac1"]["coeff"], told["gwet_ac1"]["se"]), abs=5e-6
    )
    assert fleiss_kappa_of_counts(counts) == pytest.approx(told["fleiss"]["coeff"], abs=5e-6)
    alpha = krippendorff_alpha_of(ratings(known, "fleiss.diagnoses"))
    assert alpha == pytest.approx(told["krippendorff_nominal"]["coeff"], abs=5e-6)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff(known, scale) -> None:
    case_id = "krippendorff.raw4raters"
    found = krippendorff_alpha_of(ratings(known, case_id), scale)
    assert found == pytest.approx(known[case_id]["value"][scale], rel=known[case_id]["rtol"])


@pytest.mark.parametrize(
    ("case_id", "form"),
    [
        ("icc.irr.oneway.consistency.single", "1_1"),
        ("icc.irr.oneway.consistency.average", "1_k"),
        ("icc.irr.twoway.consistency.single", "3_1"),
        ("icc.irr.twoway.agreement.single", "2_1"),
        ("icc.anxiety.agreement", "2_1"),
    ],
)
def test_icc(known, case_id, form) -> None:
    case, found = known[case_id], icc(ratings(known, case_id), form=form)
    told = tuple(case["value"][name] for name in ("icc", "lower", "upper"))
    assert (found.value, found.ci_low, found.ci_high) == pytest.approx(told, rel=case["rtol"])


def test_bland_altman(known) -> None:
    case, columns = known["bland_altman.sf.J1_J3"], known.columns("bland_altman.sf.J1_J3")
    found = limits_of_agreement(columns["J1"], columns["J3"])
    assert (found.bias, found.sd) == pytest.approx(
        (case["value"]["bias"], case["value"]["sd"]), rel=case["rtol"]
    )
    assert [found.low, found.high] == pytest.approx(case["value"]["loa"], rel=case["rtol"])


def test_sample_sizes(known) -> None:
    case = known["samplesize.buderer"]
    wanted = case["params"]
    found = cases_for_precision(
        wanted["sens"], wanted["spec"], half_width=wanted["half_width"], prevalence=wanted["prevalence"]
    )
    assert [found.for_sensitivity, found.total_for_sensitivity, found.total_for_specificity] == list(
        case["value"].values()
    )
    case = known["samplesize.mcnemar.connor"]
    numbers = [
        pairs_for_mcnemar(one["p10"], one["p01"], power=one["power"], alpha=one["alpha"])
        for one in case["params"].values()
    ]
    assert numbers == list(case["value"].values())


def test_edges(known) -> None:
    params = known["cindex.edge.no_events"]["params"]
    metric = concordance(params["time"], params["event"], params["risk"])
    assert (metric.value, metric.status) == (known["cindex.edge.no_events"]["value"]["c"], "undefined")
    (_, b), (c, _) = known["mcnemar.zero_discordant"]["params"]["table"]
    found = mcnemar(b, c)
    assert (found.chi2, found.p, found.p_exact) == (None, None, 1.0)  # R gives NaN; exact p is 1 by its notes
    case, columns = known["dca.prevalence05.none"], known.columns("dca.prevalence05.none")
    sick = columns["cancer"] == "TRUE"
    curve = decision_curve(sick, np.zeros(sick.size), case["value"]["threshold"], prevalence=0.05)
    assert curve.model.tolist() == case["value"]["net_benefit"]  # a model that treats nobody


def test_a_threshold_chosen_on_noise_looks_good(known) -> None:
    case = known["optimism.youden_on_noise"]
    rng = np.random.default_rng(99)
    y = np.repeat([1, 0], [case["params"]["n_pos"], case["params"]["n_neg"]])
    best = [youden_points(y, rng.normal(size=y.size))[0] for _ in range(2000)]
    seen = np.mean([point.sensitivity + point.specificity - 1 for point in best])
    assert seen == pytest.approx(case["value"]["mean_apparent_youden"], rel=0.1)
    assert seen > 0.15 > case["value"]["true_youden"]
