from __future__ import annotations

import numpy as np
import pytest

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.readers.obuchowski_rockette import analyse
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.standalone import against_readers


@pytest.mark.data
@pytest.mark.parametrize("kind", ["1T-RRFC", "2T-RRRC"])
def test_the_network_against_nine_radiologists(studies, kind: str) -> None:
    """p is 0.012 with cases fixed and 0.32 with random cases."""
    case = studies[f"standalone_ai.dataset09.{kind}"]
    told, fixed = case["expected"], kind.endswith("FC")
    found = against_readers(studies.readings(case["input"]), "1", cases_fixed=fixed)
    assert found.network.value == pytest.approx(told["fomCAD"], rel=1e-9)
    assert list(found.reader_figures) == pytest.approx(told["fomRAD"], rel=1e-9)
    assert found.difference.value == pytest.approx(told["avgDiffFom"], rel=1e-9)
    assert found.difference.p == pytest.approx(told["pval"], rel=1e-6)
    assert found.difference.df == pytest.approx(told["df"], rel=1e-6)
    limits = told["CIAvgDiffFom"] if fixed else [told["ciDiffFom"]["CILower"], told["ciDiffFom"]["CIUpper"]]
    assert [found.difference.low, found.difference.high] == pytest.approx(limits, rel=1e-6)
    assert ("these cases only" in found.conclusion) == fixed


def test_equals_two_tests_with_the_network_repeated(made: Readings) -> None:
    """The network as a test that gives every reader the same ratings (Hillis: 2T-RRRC)."""
    network, others = made.ratings[0, 0], made.ratings[0, 1:]
    several = np.concatenate([made.ratings[0], made.ratings[1, :1]])[None]
    readers = ("net", "bob", "cy", "dee")
    one = Readings(several, made.truth, ("film",), readers, made.cases)
    found = against_readers(one, "net")
    repeated = np.stack([np.concatenate([others, made.ratings[1, :1]]), np.tile(network, (3, 1))])
    two = analyse(
        Readings(repeated, made.truth, ("readers", "net"), readers[1:], made.cases), method="jackknife"
    )
    assert found.difference.p == pytest.approx(two.differences[0].p, rel=1e-9)
    assert found.difference.standard_error == pytest.approx(two.differences[0].standard_error, rel=1e-9)


def test_refusals(made: Readings) -> None:
    film = made.of_test("film")
    with pytest.raises(UsageError, match="the readers are ann, bob, cy"):
        against_readers(film, "net")
    with pytest.raises(UsageError, match="one test, got 2"):
        against_readers(made, "ann")
    few = Readings(film.ratings[:, :2], made.truth, film.tests, ("ann", "bob"), made.cases)
    with pytest.raises(DataRefused, match="two readers or more"):
        against_readers(few, "ann")
