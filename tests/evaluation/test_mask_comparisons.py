from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from thirdeye.evaluation.bland_altman import limits_of_agreement
from thirdeye.evaluation.mask_comparison import compare_observers
from thirdeye.evaluation.mask_evidence import mask_evidence
from thirdeye.evaluation.mask_scores import MaskScore, score_masks
from thirdeye.evaluation.mask_sizes import size_agreement
from thirdeye.evaluation.mask_versus import compare_masks


def _score(case: str, dice: float | None, structure: str = "a", *, there: bool = True, sizes=(10.0, 10.0)):
    return MaskScore(
        case=case, structure=structure, there=there, found=dice is not None, reference_size=sizes[0],
        predicted_size=sizes[1], dice=dice, iou=dice, nsd=dice, hd95_max_of_directed=1.0, assd_pooled=1.0,
    )  # fmt: skip


def _scores(values, **fields):
    return [_score(f"c{i}", value, **fields) for i, value in enumerate(values)]


NETWORK = [0.8, 0.7, 0.9, 0.6, 0.75, 0.82]
OTHER = [0.6, 0.65, 0.7, 0.62, 0.5, 0.7]


def test_paired_difference_is_the_t_test_of_scipy() -> None:
    found = compare_masks(
        _scores(NETWORK), _scores(OTHER), structures=("a",), clusters=None, names=("network", "other")
    )
    assert found is not None
    measure = found["measures"][0]
    expected = stats.ttest_rel(NETWORK, OTHER)
    low, high = expected.confidence_interval(0.95)
    assert measure["p_value"] == pytest.approx(expected.pvalue)
    assert measure["difference"]["ci_low"] == pytest.approx(low)
    assert measure["difference"]["ci_high"] == pytest.approx(high)
    assert found["outcome"] == "better"
    assert len(found["measures"]) == 1


def test_a_network_that_does_not_win_says_so() -> None:
    found = compare_masks(
        _scores(OTHER), _scores(NETWORK), structures=("a",), clusters=None, names=("network", "other")
    )
    assert found is not None
    assert found["outcome"] == "worse"
    assert found["verdict"].startswith("The network does not beat the other")
    assert "Dice of structures that are there 0.628 against 0.762" in found["verdict"]


def test_only_what_the_reference_marks_is_compared() -> None:
    first = [*_scores([0.5, 0.7]), _score("empty", 0.0, there=False)]
    second = [*_scores([0.5, 0.6]), _score("empty", None, there=False)]
    found = compare_masks(first, second, structures=("a",), clusters=None, names=("network", "other"))
    assert found is not None
    assert found["n"] == 2
    nothing = compare_masks(first[2:], second[2:], structures=("a",), clusters=None, names=("x", "y"))
    assert nothing is None


def test_several_structures_are_averaged_within_a_case_first() -> None:
    first = [_score("c", 0.9), _score("c", 0.5, "b"), _score("d", 0.8), _score("d", 0.0, "b", there=False)]
    second = [_score("c", 0.6), _score("c", 0.4, "b"), _score("d", 0.8), _score("d", None, "b", there=False)]
    found = compare_masks(first, second, structures=("a", "b"), clusters=None, names=("network", "other"))
    assert found is not None
    assert found["measures"][0]["first"]["value"] == pytest.approx(0.75)  # (0.7 + 0.8) / 2
    assert [m["class"] for m in found["measures"]] == [None, "a", "b"]


def test_sizes_agree_as_by_the_textbook() -> None:
    rng = np.random.default_rng(3)
    truth = rng.uniform(1000, 3000, 40)
    seen = truth + rng.normal(20, 50, 40)
    scores = [_score(f"c{i}", 0.9, sizes=pair) for i, pair in enumerate(zip(truth, seen, strict=True))]
    (entry,) = size_agreement(scores, structures=("a", "none"), clusters=None, unit="mm3", n_resamples=400)
    expected = limits_of_agreement(seen, truth)
    values = [metric["value"] for metric in entry["metrics"]]
    assert values == pytest.approx([expected.bias, expected.low, expected.high])
    interval = expected.bias_interval()
    assert entry["metrics"][0]["ci_low"] == pytest.approx(interval.low, abs=4)
    assert entry["metrics"][0]["ci_high"] == pytest.approx(interval.high, abs=4)
    assert entry["n"] == 40


def test_a_missed_structure_counts_with_size_zero_and_an_absent_one_not_at_all() -> None:
    scores = [
        _score("c0", 0.0, sizes=(100.0, 0.0)), _score("c1", 0.9, sizes=(100.0, 90.0)),
        _score("c2", None, there=False, sizes=(0.0, 0.0)),
    ]  # fmt: skip
    (entry,) = size_agreement(scores, structures=("a",), clusters=None, unit="px", n_resamples=100)
    assert entry["n"] == 2
    assert entry["metrics"][0]["value"] == pytest.approx(-55)


@pytest.mark.parametrize(
    ("network", "observer", "outcome"),
    [
        ([0.9 + i / 100 for i in range(8)], [0.8 + i / 100 for i in range(8)], "closer"),
        ([0.7 + i / 100 for i in range(8)], [0.8 + i / 99 for i in range(8)], "farther"),
        (
            [0.8, 0.7, 0.9, 0.6, 0.8, 0.7, 0.9, 0.6],
            [0.7, 0.8, 0.8, 0.7, 0.7, 0.8, 0.8, 0.7],
            "not_told_apart",
        ),
    ],
)
def test_verdict_beside_a_second_observer(network, observer, outcome) -> None:
    network = [value + (i % 2) / 1000 for i, value in enumerate(network)]
    (found,) = compare_observers(
        _scores(network), _scores(observer), structures=("a",), clusters=None, name="2",
        crossed=_scores([value - 0.1 for value in observer]), n_resamples=300,
    )  # fmt: skip
    assert found["outcome"] == outcome
    assert found["network_dice"] == pytest.approx(np.mean(network))
    assert found["crossed_difference"]["value"] == pytest.approx(-0.1)
    assert ("does not show that they are alike" in found["verdict"]) == (outcome == "not_told_apart")


def test_evidence_counts_shares_and_pieces_from_masks() -> None:
    cases = []
    for index in range(6):
        reference, network = np.zeros((12, 12), np.uint8), np.zeros((12, 12), np.uint8)
        reference[2:6, 2:6] = reference[8:10, 8:10] = 1
        network[2:6, 2 : 5 + index % 2] = 1
        cases += score_masks(f"c{index}", reference, network, structures=("a",))
    entry = mask_evidence(cases, structures=("a",), clusters=None, unit="px", tolerance=2.0, n_resamples=100)
    values = {metric["name"]: metric["value"] for metric in entry["metrics"]}
    assert values["pixel_sensitivity"] == pytest.approx((12 / 20 + 16 / 20) / 2)
    assert values["pixel_precision"] == pytest.approx(1.0)
    assert values["piece_sensitivity"] == pytest.approx(0.5)
    assert values["false_pieces_per_case"] == 0
    assert entry["sizes"][0]["metrics"][0]["value"] == pytest.approx(-6)
    assert entry["cases"][0]["pieces"] == {"reference": 2, "found": 1, "predicted": 1, "false": 0}
