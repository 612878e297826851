"""The data set itself: 25 rows, ids, numbers entered by hand from the review, a source for every value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.lines import every_fact
from thirdeye.recipes.literature.read import contradictions, contradictions_of, studies, study, study_from
from thirdeye.recipes.literature.study import REGIONS, SOURCES, PublishedStudy
from thirdeye.report.literature.checked import TOPICS

# reference, id, then what the review prints: total, training, tests, headline numbers (None: not given)
Row = tuple[int, str, int | None, int | None, tuple[int, ...], tuple[float, ...]]
REVIEW: list[Row] = [
    (12, "esteva2017", 129405, 127463, (1942,), (0.96, 0.94)),
    (13, "nasr_esfahani2016", 6120, 4896, (1224,), (0.81,)),
    (14, "gargeya2017", 77348, 75137, (1748, 463), (0.95,)),
    (15, "vangrinsven2016", 7879, 5287, (2592,), (0.97,)),
    (16, "gulshan2016", 139886, 128175, (9963, 1748), (0.99,)),
    (17, "ahn2018", None, 1078, (464,), (0.93,)),
    (18, "phan2019", 3312, None, (), (0.9,)),
    (19, "anthimopoulos2016", 14696, 13646, (1050,), (0.856,)),
    (20, "cicero2017", 35038, 32586, (2443,), (0.85, 0.96)),
    (21, "lakhani2017", 1007, 857, (150,), (0.98,)),
    (22, "li2016", 62492, 54680, (7811,), (0.864,)),
    (23, "zech2018", 158323, None, (), (0.931,)),
    (24, "taylor2018", 13292, None, (), (0.94,)),
    (25, "arevalo2016", 736, 442, (294,), (0.860,)),
    (26, "jadoon2017", 2796, None, (), (0.855,)),
    (27, "ciresan2013", 50, 35, (15,), (0.70, 0.88)),
    (28, "arik2017", 400, 150, (250,), (0.75,)),
    (29, "miki2017", 52, 40, (12,), (0.888,)),
    (30, "uthoff2018", 170, None, (), (0.908,)),
    (31, "gurovich2019", None, 17000, (502,), (0.91,)),
    (32, "jeyaraj2019", 500, None, (), (0.945,)),
    (33, "jia2016", 10000, 8200, (1800,), (0.999,)),
    (34, "urban2018", None, None, (), (0.964, 0.991)),
    (35, "horie2019", 9546, 8428, (1118,), (0.98,)),
    (36, "alaskar2019", 1875, 421, (105,), (1.0,)),
]
IDS = [row[1] for row in REVIEW]


def stated(one: PublishedStudy, *names: str) -> tuple[object, ...]:
    facts = [one.sizes[name] for name in names if name in one.sizes]
    return tuple(fact.in_review for fact in facts if fact.in_review is not None)


def test_there_are_25_in_the_order_of_the_references() -> None:
    assert [(each.reference, each.id) for each in studies()] == [row[:2] for row in REVIEW]


@pytest.mark.parametrize("row", REVIEW, ids=IDS)
def test_what_the_review_prints(row: Row) -> None:
    _, name, total, train, tests, headlines = row
    one = study(name)
    assert stated(one, "total") == (() if total is None else (total,))
    assert stated(one, "train") == (() if train is None else (train,))
    assert stated(one, "test", "second_test") == tests
    assert tuple(result.value for result in one.headlines) == headlines


@pytest.mark.parametrize("name", IDS)
def test_every_value_says_how_it_is_known(name: str) -> None:
    one = study(name)
    assert {fact.source for _, fact in every_fact(one)} <= set(SOURCES)
    for result in one.results:
        assert (result.low is None) == (result.high is None) == (result.interval_source is None)
        counted = result.n or result.positive
        assert (counted is None) == (result.counts_source is None), result
        assert result.low is None or result.low <= result.value <= result.high  # type: ignore[operator]


@pytest.mark.parametrize("name", IDS)
def test_what_each_study_must_have(name: str) -> None:
    one = study(name)
    assert {"title", "journal", "origin", "question", "modality", "network", "pretrained"} <= set(one.facts)
    assert one.region in REGIONS.values()
    assert name.startswith(one.author.lower().replace(" ", "").replace("-", "_"))
    assert name.endswith(str(one.year))
    assert {"heat_maps"} <= set(one.practice)
    assert all(isinstance(fact.value, bool) for fact in one.practice.values())
    assert "own" in one.networks or all(word[0].isupper() for word in one.networks)


@pytest.mark.data
def test_ids_are_those_of_the_systems_to_come(repository: Path) -> None:
    table = repository.parent / "shared" / "systems" / "systems.yaml"
    if not table.is_file():
        pytest.skip("needs the table of systems beside the checkout")
    rows = yaml.safe_load(table.read_text(encoding="utf-8"))["systems"]
    assert [row["id"] for row in rows if row["group"] == "review"] == IDS


def test_a_wrong_id_names_the_near_ones() -> None:
    with pytest.raises(UsageError, match=r"'gulshan'.*gulshan2016"):
        study("gulshan")
    with pytest.raises(UsageError, match="lists all 25"):
        study("../../etc/passwd\x00" * 50)


def test_a_value_without_a_known_source_is_refused() -> None:
    fields = {
        "id": "x2020", "author": "X", "reference": 12, "year": 2020, "specialty": "s", "link": "",
        "tasks": ["binary"], "networks": ["own"], "facts": {"title": {"value": "T", "source": "hearsay"}},
        "sizes": {"unit": "images"}, "practice": {}, "results": [],
    }  # fmt: skip
    with pytest.raises(UsageError, match="'T' has the source 'hearsay'; expected review"):
        study_from(fields)


# One word of each row that the list of known contradictions has about the review.
NAMED = [
    "sum_cicero", "sum_li", "sum_alaskar", "total_esteva", "range_of_sizes", "traditional_horie_alaskar",
    "pretrained_jia", "one_to_four_specialists", "histology_ciresan", "precision_is_accuracy",
    "precision_is_sdr", "specificity_is_precision", "accuracy_is_top10", "headline_lakhani",
    "headline_gargeya", "headline_ahn", "headline_zech", "headline_arevalo", "headline_vangrinsven",
    "split_miki", "network_googlenet", "network_horie", "network_jadoon", "network_jeyaraj",
    "network_gargeya", "network_slipped", "input_li", "input_ciresan", "pixels_ciresan", "units_urban",
    "journal_ahn", "journal_esteva", "years_arevalo_miki", "captions", "modality_jeyaraj",
    "doctors_uthoff_gurovich", "lenet", "no_optimiser", "traditional_anthimopoulos",
]  # fmt: skip


def test_every_contradiction_is_named_once() -> None:
    assert sorted(one.id for one in contradictions()) == sorted(NAMED)


def test_contradictions_point_to_studies_that_exist() -> None:
    for one in contradictions():
        assert set(one.studies) <= set(IDS)
        assert one.source in SOURCES
        assert one.topic in TOPICS
        assert one.says
        assert one.found
        assert one.meaning


def test_contradictions_of_some_studies() -> None:
    assert contradictions_of(studies()) == contradictions()
    assert {one.id for one in contradictions_of([study("ahn2018")])} == {"headline_ahn", "journal_ahn"}


def test_numbers_in_contradictions_are_those_of_the_data() -> None:
    """Where a contradiction quotes a total, the data hold it as the review's."""
    found = {one.id: one for one in contradictions()}
    for name, entry in (("cicero2017", "sum_cicero"), ("li2016", "sum_li"), ("alaskar2019", "sum_alaskar")):
        assert f"{study(name).sizes['total'].in_review:,}" in found[entry].says
    assert f"{study('zech2018').sizes['total'].value:,}" in found["range_of_sizes"].found
    assert f"{study('esteva2017').sizes['total'].value:,}" in found["total_esteva"].found


def test_in_review_is_what_the_review_says() -> None:
    journal = study("ahn2018").facts["journal"]
    assert (journal.value, journal.in_review) == ("PLOS ONE", "PLOS Medecine")
    assert replace(journal, review=None).in_review is None  # known from the paper alone
    assert study("gulshan2016").facts["network"].in_review == "Inception v3"
