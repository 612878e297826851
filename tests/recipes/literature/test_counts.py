"""The review counted again; expected values were entered by hand from the known contradictions."""

from __future__ import annotations

import pytest

from thirdeye.recipes.literature.counts import counts, networks_used, parts_and_total, years_by_region
from thirdeye.recipes.literature.practice import PRACTICES, shares
from thirdeye.recipes.literature.read import studies, study
from thirdeye.report.literature.lines import Count

COUNTS = {count.title: count for count in counts(studies())}


@pytest.mark.parametrize(
    ("title", "verdict", "says", "found", "why"),
    [
        ("Studies included", "agrees", "352", "25 studies", ""),
        ("Years of publication", "agrees", "2013 to 2019", "2013 to 2019", ""),
        ("Publications by year", "differs", "", "2016: 7, 2017: 7, 2018: 5, 2019: 5", "2016 has 8 and 2017"),
        ("Origin of the first author", "agrees", "North America and Asia", "North America 11, Asia 10", ""),
        ("Networks", "differs", "AlexNet and GoogLeNet", "own 13", "AlexNet 4"),
        ("Size of the data sets", "differs", "170 to 139,886", "158,323 (Zech 2018)", "larger than 139,886"),
        ("Training and test add up to the total", "differs", "", "13 of 16",
         "Cicero: 35,029, stated 35,038; Li: 62,491, stated 62,492; Alaskar: 526, stated 1,875"),
        ("Compared with traditional techniques", "differs", "13", "Horie 'No', Alaskar 'Yes'", "exchanged"),
        ("Compared with doctors", "differs", "", "6 'Yes'", "Uthoff and Gurovich"),
        ("Pre-trained networks", "differs", "Jia", "14 yes, 11 no", "Table 3 says 'No'"),
        ("Data augmentation", "recounted", "", "17 yes, 3 no, 5 not stated", ""),
        ("Pre-processing", "differs", "", "19 yes, 6 no", "Esteva, Gulshan and Lakhani"),
        ("Heat maps or other visualisation", "recounted", "", "9 yes, 16 no", ""),
        ("Specialists who labelled", "differs", "1 to 4", "1 to 54", "Gulshan has 54 and Taylor has 6"),
        ("Labels proven by histology", "differs", "Ciresan", "Esteva, Arevalo", "pathologists"),
        ("Software", "recounted", "", "Caffe 5, TensorFlow 4, Theano 2, PyTorch 1, MATLAB 1", ""),
    ],
)  # fmt: skip
def test_counts(title: str, verdict: str, says: str, found: str, why: str) -> None:
    count = COUNTS[title]
    assert count.verdict == verdict
    assert says in count.says
    assert found in count.found
    assert why in count.why


def test_each_count_is_checked_above() -> None:
    assert len(COUNTS) == 16


def test_what_differs_says_why_and_what_agrees_does_not() -> None:
    for count in COUNTS.values():
        assert isinstance(count, Count)
        assert bool(count.why) == (count.verdict == "differs")


SUMS = {
    "esteva2017": 129405, "nasr_esfahani2016": 6120, "gargeya2017": 77348, "vangrinsven2016": 7879,
    "gulshan2016": 139886, "anthimopoulos2016": 14696, "cicero2017": 35029, "lakhani2017": 1007,
    "li2016": 62491, "arevalo2016": 736, "ciresan2013": 50, "arik2017": 400, "miki2017": 52,
    "jia2016": 10000, "horie2019": 9546, "alaskar2019": 526,
}  # fmt: skip


@pytest.mark.parametrize("one", studies(), ids=lambda one: one.id)
def test_parts_add_up_as_they_do(one: object) -> None:
    name = one.id  # type: ignore[attr-defined]
    found = parts_and_total(study(name))
    assert (None if found is None else found[0]) == SUMS.get(name)


def test_years_without_studies_are_there() -> None:
    by_year = years_by_region(studies())
    assert list(by_year) == list(range(2013, 2020))
    assert by_year[2014] == by_year[2015] == {}
    assert by_year[2019] == {"Asia": 4, "North America": 1}
    assert years_by_region([]) == {}


def test_networks_are_counted_per_study() -> None:
    assert networks_used([study("phan2019"), study("zech2018")]) == {
        "ResNet": 2, "DenseNet": 2, "VGG": 1,
    }  # fmt: skip


def test_shares_add_up() -> None:
    found = shares(studies(), {"intervals": (True, "30 of 30 numbers")})
    assert [share.practice for share in found] == list(PRACTICES)
    assert all(share.yes + share.no + share.unknown == 25 for share in found)
    assert (found[0].own, found[0].own_note) == (True, "30 of 30 numbers")
    assert [share.own for share in found[1:]] == [None] * 6
    by_name = {share.practice: share for share in found}
    assert (by_name["doctors"].yes, by_name["heat_maps"].yes, by_name["heat_maps"].no) == (8, 9, 16)
