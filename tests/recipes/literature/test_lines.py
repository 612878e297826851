"""Words of the tables: nothing from memory is shown as stated."""

from __future__ import annotations

import pytest

from thirdeye.recipes.literature.lines import (
    clash,
    every_fact,
    headline_text,
    line,
    misprinted,
    result_text,
    sourced_lines,
    sources,
)
from thirdeye.recipes.literature.read import contradictions, studies, study
from thirdeye.recipes.literature.study import PublishedStudy
from thirdeye.report.literature.words import number_text


@pytest.mark.parametrize("one", studies(), ids=lambda one: one.id)
def test_memory_carries_a_dagger(one: PublishedStudy) -> None:
    shown = line(one)
    for name, text in (("origin", shown.origin), ("question", shown.question), ("network", shown.network)):
        assert text.endswith("†") == (one.facts[name].source == "memory")


@pytest.mark.parametrize("one", studies(), ids=lambda one: one.id)
def test_every_value_is_shown_with_its_source(one: PublishedStudy) -> None:
    told = [text for pairs in sourced_lines(one).values() for _, text in pairs]
    facts = [fact for _, fact in every_fact(one)]
    assert len(told) == len(facts)
    for text, fact in zip(told, facts, strict=True):
        assert f"[{fact.source}]" in text


def test_wrong_words_of_the_review_stand_in_quotes() -> None:
    wrong = {one.id for one in studies() for result in one.headlines if misprinted(result)}
    assert wrong == {"nasr_esfahani2016", "anthimopoulos2016", "li2016", "ciresan2013", "arik2017",
                     "miki2017", "gurovich2019"}  # fmt: skip
    assert (
        result_text(study("arik2017").headlines[0]) == "landmarks within 2 mm 75% (printed “Precision 0.75”)"
    )
    assert result_text(study("jia2016").headlines[0]) == "positive predictive value 99.9%"  # precision it is


def test_several_headlines_say_what_each_is_of() -> None:
    assert headline_text(study("urban2018")).startswith("accuracy 96.4% (polyp in the frame); AUC 0.991")
    assert headline_text(study("phan2019")) == "AUC above 0.90"


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [("auc", 0.9, "0.90"), ("auc", 0.991, "0.991"), ("auc", 1.0, "1.00"), ("accuracy", 0.8183, "81.83%"),
     ("sensitivity", 0.07, "7%"), ("f1", 0.9955, "0.9955")],
)  # fmt: skip
def test_no_more_digits_than_were_published(measure: str, value: float, text: str) -> None:
    assert number_text(measure, value) == text


def test_sources_are_counted() -> None:
    found = sources(studies())
    assert sum(found.values()) == sum(1 for one in studies() for _ in every_fact(one))
    assert found["review"] > found["memory"] > found["computed"] > 0


def test_a_contradiction_names_its_studies() -> None:
    by_id = {one.id: clash(one, studies()) for one in contradictions()}
    assert by_id["network_googlenet"].studies == "Cicero 2017, Lakhani 2017"
    assert by_id["captions"].studies == "the review"
    assert "0.822 and 0.826 are from memory" in by_id["headline_arevalo"].source
