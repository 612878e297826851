"""Studies and contradictions as lines of a table, each text ready to be printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from thirdeye.recipes.literature.study import SOURCES, Contradiction, Fact, PublishedStudy, Result
from thirdeye.report.literature.lines import Clash, Line
from thirdeye.report.literature.words import MEASURES, number_text

DAGGER = "†"


def line(study: PublishedStudy) -> Line:
    """One study as a line; what is from memory carries a dagger."""
    return Line(
        study.id,
        study.name,
        study.specialty,
        marked(study.facts["origin"]),
        marked(study.facts["question"]),
        marked(study.facts["network"]),
        data_text(study),
        headline_text(study),
    )


def marked(fact: Fact) -> str:
    """The value, with a dagger where it is from memory."""
    return f"{fact.value}{dagger(fact)}"


def dagger(fact: Fact | Result) -> str:
    """`DAGGER` where the value is from memory."""
    return DAGGER if fact.source == "memory" else ""


def headline_text(study: PublishedStudy) -> str:
    """What the review quotes for a study; several numbers with what each is of."""
    several = len(study.headlines) > 1
    return "; ".join(
        result_text(result) + (f" ({result.of})" if several else "") + dagger(result)
        for result in study.headlines
    )


def data_text(study: PublishedStudy) -> str:
    """``6,120 images after augmentation, test 1,224``."""
    total = study.sizes.get("total") or study.sizes.get("train")
    tests = [study.sizes[name] for name in ("test", "second_test") if name in study.sizes]
    text = study.unit
    if total is not None:
        more = "more than " if total.note == "more than" else ""
        text = f"{more}{total.value:,} {study.unit}"
    return text + (f", test {sum(int(test.value) for test in tests):,}" if tests else "")


def result_text(result: Result) -> str:
    """``AUC 0.94``; where the review prints other words, those as well."""
    bound = "above " if result.bound == "above" else ""
    text = f"{MEASURES[result.measure]} {bound}{number_text(result.measure, result.value)}"
    return text + (f" (printed “{result.printed}”)" if misprinted(result) else "")


def misprinted(result: Result) -> bool:
    """Whether the review calls the number something else than it is."""
    word = result.printed.casefold().split(" ")[0]
    right = {"auc": "auc", "sensitivity": "sn", "ppv": "precision"}
    return bool(word) and result.headline and right.get(result.measure) != word


def clash(one: Contradiction, studies: Sequence[PublishedStudy]) -> Clash:
    """A contradiction with the names of its studies, and how the other side is known."""
    names = {study.id: study.name for study in studies}
    source = SOURCES[one.source] + (f"; {one.note}" if one.note else "")
    told = ", ".join(names.get(each, each) for each in one.studies) or "the review"
    return Clash(one.topic, told, one.says, one.found, one.meaning, source)


def every_fact(study: PublishedStudy) -> Iterator[tuple[str, Fact | Result]]:
    """Every sourced value of a study with its name."""
    for group in (study.facts, study.sizes, study.practice):
        yield from group.items()
    yield from ((result.measure, result) for result in study.results)
    yield from (("leak", fact) for fact in study.leaks)
    yield from (("weakness", fact) for fact in study.weaknesses)


def sources(studies: Iterable[PublishedStudy]) -> dict[str, int]:
    """How many values are known in which way."""
    counted: Counter[str] = Counter(fact.source for study in studies for _, fact in every_fact(study))
    return {source: counted[source] for source in SOURCES if counted[source]}


GROUPS = {"facts": "The study", "sizes": "Sizes", "practice": "What it did", "results": "Numbers",
          "leaks": "Ways in which the test may have been known", "weaknesses": "What to know"}  # fmt: skip


def sourced_lines(study: PublishedStudy) -> dict[str, list[tuple[str, str]]]:
    """Every value as (name, words with the source), under the titles of its groups; no empty groups."""
    groups = {
        GROUPS["facts"]: [(_plain(name), fact_text(fact)) for name, fact in study.facts.items()],
        f"{GROUPS['sizes']} ({study.unit})": [
            (_plain(name), fact_text(f)) for name, f in study.sizes.items()
        ],
        GROUPS["practice"]: [(_plain(name), fact_text(fact)) for name, fact in study.practice.items()],
        GROUPS["results"]: [(MEASURES[result.measure], number_line(result)) for result in study.results],
        GROUPS["leaks"]: [("", fact_text(fact)) for fact in study.leaks],
        GROUPS["weaknesses"]: [("", fact_text(fact)) for fact in study.weaknesses],
    }
    return {title: pairs for title, pairs in groups.items() if pairs}


def fact_text(fact: Fact) -> str:
    """``PLOS ONE [paper]; the review: PLOS Medecine (its own reference 17 says PLOS ONE)``."""
    text = f"{_words(fact.value)} [{fact.source}]"
    if fact.review is not None:
        text += f"; the review: {_words(fact.review)}"
    return text + (f" ({fact.note})" if fact.note else "")


def number_line(result: Result) -> str:
    """``0.991 (0.988 to 0.993 [memory]), referable retinopathy, test: EyePACS-1, network [memory]``."""
    text = ("above " if result.bound else "") + number_text(result.measure, result.value)
    if result.low is not None and result.high is not None:
        low, high = (number_text(result.measure, limit) for limit in (result.low, result.high))
        text += f" ({low} to {high} [{result.interval_source}])"
    text += f", {result.of}, {result.on}, {result.by} [{result.source}]"
    return text + (f"; the review prints “{result.printed}”" if misprinted(result) else "")


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
