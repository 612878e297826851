"""What the figures of the published evidence show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from thirdeye.recipes.literature.intervals import recomputed_of
from thirdeye.recipes.literature.study import PublishedStudy, Result
from thirdeye.report.literature.lines import Dot, Duel, Kind, Pair

_KINDS: dict[str, Kind] = {
    "network": "network",
    "doctor with network": "doctor with network",
    "doctor": "doctor",
}


def dots(studies: Iterable[PublishedStudy], related: Sequence[str] | None = None) -> tuple[Dot, ...]:
    """The headline AUC of every study that has one and says how many cases it rests on.

    `related`: ids that are drawn strongly; None: all.
    """
    found = ((study, _dot(study)) for study in studies)
    return tuple(
        replace(dot, related=related is None or study.id in related)
        for study, dot in found
        if dot is not None
    )


def _dot(study: PublishedStudy) -> Dot | None:
    result = study.auc
    cases = None if result is None else cases_of(study, result)
    if result is None or cases is None:
        return None
    low, high = interval_of(study, result)
    return Dot(study.name, cases, result.value, low, high, study.specialty, bound=bool(result.bound))


def cases_of(study: PublishedStudy, result: Result) -> int | None:
    """Cases behind an AUC: those stated with it, else the test set, else (cross-validation) all."""
    if result.positive and result.negative:
        return result.positive + result.negative
    tests = [int(study.sizes[name].value) for name in ("test", "second_test") if name in study.sizes]
    if tests:
        return sum(tests)
    return int(study.sizes["total"].value) if "total" in study.sizes else None


def interval_of(study: PublishedStudy, result: Result) -> tuple[float | None, float | None]:
    """The published interval of a result, else the one computed here, else none."""
    if result.low is not None:
        return result.low, result.high
    one = recomputed_of(study, result)
    return (one[-1].low, one[-1].high) if one else (None, None)


def pairs(studies: Iterable[PublishedStudy], related: Sequence[str] | None = None) -> tuple[Pair, ...]:
    """Every sensitivity that a specificity goes with; `related`: ids that are drawn strongly."""
    found = []
    for study in studies:
        rates = {(each.point, each.by, each.measure): each for each in study.results if each.point}
        for point, by in dict.fromkeys((each.point, each.by) for each in study.results if each.point):
            sensitivity = rates.get((point, by, "sensitivity"))
            specificity = rates.get((point, by, "specificity"))
            if sensitivity is not None and specificity is not None and by in _KINDS:
                known = "memory" not in (sensitivity.source, specificity.source)
                near = related is None or study.id in related
                found.append(Pair(_named(study, point), sensitivity.value, specificity.value, _KINDS[by],
                                  known, near))  # fmt: skip
    return tuple(found)


def _named(study: PublishedStudy, point: str) -> str:
    several = len({each.point for each in study.results if each.point}) > 1
    return f"{study.author}, {point.split(', ')[-1]}" if several else study.author


def duels(studies: Iterable[PublishedStudy]) -> tuple[Duel, ...]:
    """Networks beside doctors on the same question, wherever the figures of both are published."""
    found = []
    for study in studies:
        doctors = [each for each in study.results if each.by == "doctor"]
        for question in dict.fromkeys(each.of.split(",")[0] for each in doctors):
            own = [
                each for each in study.results if each.by == "network" and each.of.startswith(question + ",")
            ]
            read = tuple(each.value for each in doctors if each.of.startswith(question + ","))
            named = tuple((each.of.split(", ", 1)[1], each.value) for each in own)
            found.append(Duel(f"{study.name}, {question}", doctors[0].measure, named, read))
    return tuple(found)
