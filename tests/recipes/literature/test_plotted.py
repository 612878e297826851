"""What the figures show."""

from __future__ import annotations

import pytest

from thirdeye.recipes.literature.plotted import dots, duels, pairs
from thirdeye.recipes.literature.read import studies, study


def test_dots_are_headline_aucs_over_the_cases_behind_them() -> None:
    found = {dot.name: dot for dot in dots(studies())}
    assert len(found) == 14
    assert (found["Gulshan 2016"].auc, found["Gulshan 2016"].cases) == (0.99, 9963 + 1748)
    assert found["Gulshan 2016"].low is None  # the intervals belong to each of its two tests
    assert (found["Cicero 2017"].auc, found["Cicero 2017"].cases) == (0.85, 2443)  # the lowest of several
    assert found["Uthoff 2018"].cases == 170  # cross-validation: all
    assert found["Phan 2019"].bound
    assert (found["Zech 2018"].low, found["Zech 2018"].high) == (0.927, 0.936)  # the paper's own
    assert found["Lakhani 2017"].low == pytest.approx(0.957, abs=1e-3)  # computed here


def test_pairs_join_one_point_of_one_reader() -> None:
    found = {pair.name: pair for pair in pairs(studies())}
    gulshan = pairs([study("gulshan2016")])
    assert [(pair.sensitivity, pair.specificity) for pair in gulshan] == [
        (0.903, 0.981), (0.975, 0.934), (0.870, 0.985), (0.961, 0.939),
    ]  # fmt: skip
    assert found["Lakhani"].kind == "doctor with network"
    assert (found["Uthoff"].known, found["Jeyaraj"].known) == (False, True)  # memory is drawn hollow
    assert pairs([study("jia2016"), study("alaskar2019")]) == ()


def test_what_asks_another_question_is_pale() -> None:
    assert [dot.related for dot in dots([study("ahn2018"), study("phan2019")], ["phan2019"])] == [False, True]
    assert not pairs([study("uthoff2018")], [])[0].related


def test_duels_are_networks_and_doctors_on_one_question() -> None:
    three, nine = duels(studies())
    assert (three.name, three.doctors) == ("Esteva 2017, 3 groups", (0.656, 0.66))
    assert dict(nine.networks) == {"with disease partition": 0.553, "without partition": 0.489}
