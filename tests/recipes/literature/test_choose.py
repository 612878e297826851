"""Filters: each alone, together, and with hostile values."""

from __future__ import annotations

import pytest

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.choose import Choice, Wanted, choose, years
from thirdeye.recipes.literature.read import studies


def chosen(**wanted: object) -> list[str]:
    return [study.id for study in choose(studies(), Wanted(**wanted))]  # type: ignore[arg-type]


def test_without_filters_all() -> None:
    assert len(chosen()) == 25
    assert Wanted().words == ""


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"specialty": "dermatology"}, ["esteva2017", "nasr_esfahani2016"]),
        ({"specialty": "PATHO"}, ["ciresan2013"]),
        ({"year": "2013"}, ["ciresan2013"]),
        ({"year": "-2015"}, ["ciresan2013"]),
        ({"year": "2013..2014"}, ["ciresan2013"]),
        ({"year": "2014-2015"}, []),
        ({"network": "alexnet"}, ["lakhani2017", "miki2017", "jia2016", "alaskar2019"]),
        ({"network": "Inception"}, ["esteva2017", "gulshan2016", "ahn2018", "taylor2018"]),
        ({"network": "densenet"}, ["phan2019", "zech2018"]),
        ({"task": "landmarks"}, ["arik2017"]),
        ({"task": "multi-label"}, ["cicero2017", "zech2018"]),
        ({"origin": "south korea"}, ["ahn2018"]),
        ({"origin": "europe"}, ["vangrinsven2016", "anthimopoulos2016", "ciresan2013"]),
        ({"origin": "canada", "task": "multilabel"}, ["cicero2017"]),
        ({"compared_with_doctors": True},
         ["esteva2017", "vangrinsven2016", "gulshan2016", "lakhani2017", "uthoff2018", "gurovich2019",
          "jeyaraj2019", "urban2018"]),
        ({"specialty": "dermatology", "origin": "iran"}, ["nasr_esfahani2016"]),
        ({"specialty": "dermatology", "year": "2019"}, []),
    ],
)  # fmt: skip
def test_filters(wanted: Choice, ids: list[str]) -> None:
    assert chosen(**wanted) == ids


def test_both_sides_of_a_filter_are_all() -> None:
    with_them = chosen(compared_with_doctors=True)
    without = chosen(compared_with_doctors=False)
    assert len(with_them) + len(without) == 25
    assert not set(with_them) & set(without)


@pytest.mark.parametrize("name", ["specialty", "network", "task", "origin"])
@pytest.mark.parametrize(
    "hostile", ["", " ", "xyz", "'; DROP TABLE--", "../..", "\x00", "*", "[", "(?:", "†", "a" * 10_000]
)
def test_hostile_words_are_refused_with_the_choices(name: str, hostile: str) -> None:
    with pytest.raises(UsageError, match=f"--{name} .*no published study has it; there are ") as refused:
        chosen(**{name: hostile})
    assert len(str(refused.value)) < 700
    assert "\x00" not in str(refused.value)


@pytest.mark.parametrize(
    "hostile", ["", "-", "abc", "20170", "2016-2017-2018", "1e3", "２０１７", "nan", "17", "--", "²⁰¹⁷"]
)
def test_hostile_years_are_refused(hostile: str) -> None:
    with pytest.raises(UsageError, match="expected a year or a span"):
        years(hostile)


def test_a_span_that_runs_backwards_is_turned_round() -> None:
    with pytest.raises(UsageError, match="try 2016-2018"):
        years("2018-2016")


@pytest.mark.parametrize(
    ("text", "span"),
    [("2017", (2017, 2017)), ("2016-2018", (2016, 2018)), ("2018-", (2018, 9999)), ("-2016", (0, 2016)),
     ("2016 – 2018", (2016, 2018))],
)  # fmt: skip
def test_years(text: str, span: tuple[int, int]) -> None:
    assert years(text) == span


def test_words_name_every_filter() -> None:
    assert (
        Wanted(specialty="x", compared_with_doctors=False).words == "specialty: x; not compared with doctors"
    )
