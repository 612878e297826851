from __future__ import annotations

import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.obuchowski_rockette import analyse
from thirdeye.evaluation.readers.power import Pilot, cases_needed, power_of

PILOT = Pilot(0.0002, 0.0008, 0.00035, 0.00034, 0.00024, 114)


@pytest.mark.data
def test_as_rjafroc(studies) -> None:
    told = studies["published.rjafroc_tests.samplesize"]["expected"]
    study = analyse(studies.readings("vandyke.csv"), method="jackknife")
    pilot, effect = Pilot.of(study.components, 114), study.differences[0].value
    for cases, random, name in (
        (165, "readers_and_cases", "vandyke_J10_K165_RRRC_power"),
        (131, "cases", "vandyke_J10_K131_FRRC_power"),
        (53, "readers", "vandyke_J10_K53_RRFC_power"),
    ):
        found = power_of(pilot, readers=10, cases=cases, effect=effect, random=random)
        assert found.power == pytest.approx(told[name], abs=1e-7)
    other = analyse(studies.readings("franken.csv"), method="jackknife")
    needed = cases_needed(Pilot.of(other.components, 100), readers=6, effect=0.05)
    assert needed.cases == studies["samplesize.franken.KgivenJ6"]["expected"]["KRRRC"]
    assert needed.power == pytest.approx(told["franken_J6_KgivenJ_power"], abs=1e-7)


def test_more_readers_and_more_cases_help() -> None:
    powers = [
        power_of(PILOT, readers=r, cases=c, effect=0.04).power for r, c in ((4, 100), (8, 100), (8, 300))
    ]
    assert powers == sorted(powers)
    half = [
        power_of(PILOT, readers=8, cases=cases, effect=0.04).interval_half_width for cases in (50, 100, 400)
    ]
    assert half == sorted(half, reverse=True)


def test_the_smallest_number_of_cases() -> None:
    found = cases_needed(PILOT, readers=8, effect=0.05)
    assert found.power >= 0.8
    assert power_of(PILOT, readers=8, cases=found.cases - 1, effect=0.05).power < 0.8


def test_too_few_readers_are_told() -> None:
    with pytest.raises(DataRefused, match="take more readers"):
        cases_needed(PILOT, readers=3, effect=0.005)


def test_numbers_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="readers: 1 cannot be"):
        power_of(PILOT, readers=1, cases=100, effect=0.05)
    with pytest.raises(UsageError, match="cases: 0 cannot be"):
        power_of(PILOT, readers=5, cases=0, effect=0.05)
    flat = Pilot(0, 0, 0, 0, 0, 10)
    with pytest.raises(DataRefused, match="no variance"):
        power_of(flat, readers=5, cases=10, effect=0.05)


PLANNED = Pilot(0.0002, 0.0009, 0.0004, 0.0003, 0.0002, 100, 0.0008)


def test_what_readers_share_costs_cases_and_what_they_do_not_share_costs_readers() -> None:
    def standard(kind: str, readers: int = 6) -> float:
        found = power_of(PLANNED, readers=readers, cases=100, effect=0.05, arrangement=kind, groups=3)
        return found.interval_half_width

    # With cases of their own readers do not share the luck of the draw.
    assert standard("cases_nested_in_readers") < standard("split_plot") < standard("crossed")
    assert standard("crossed") < standard("cases_nested_in_tests")
    assert standard("crossed") < standard("readers_nested_in_tests")


def test_split_plot_by_hand() -> None:
    found = power_of(PLANNED, readers=6, cases=100, effect=0.05, arrangement="split_plot", groups=3)
    square = 0.0002 + 0.0009 - 0.0004 - 0.0001
    denominator = square + 2 * 0.0001
    assert found.noncentrality == pytest.approx(6 * 0.05**2 / 2 / denominator)
    assert found.df == pytest.approx(denominator**2 / (square**2 / 3))


def test_arrangements_that_cannot_be_planned() -> None:
    with pytest.raises(UsageError, match="crossed one"):
        power_of(PLANNED, readers=6, cases=100, effect=0.05, arrangement="partly_crossed")
    with pytest.raises(UsageError, match="two readers"):
        power_of(PLANNED, readers=3, cases=100, effect=0.05, arrangement="split_plot", groups=2)
