"""What a run knows of the results: measures, intervals, tests, subgroups, external data, robustness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from thirdeye.report.canvas_fill import NOTHING, Filled, set_distribution
from thirdeye.report.cases import sites
from thirdeye.report.comparison import is_traditional, told_line
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.filled import headline_metrics, headline_text
from thirdeye.report.names import measure, method_title, operating_point_title
from thirdeye.report.numbers import (
    full_text,
    has_interval,
    has_value,
    is_number,
    number,
)
from thirdeye.report.sets import EvidenceSet, evidence_sets, test_set

_OVERALL = ("auc", "auc_macro", "balanced_accuracy")
_RATES = ("sensitivity", "specificity")
_SOURCE = "evaluation.json"


def uncertainty(evidence: Evidence) -> Filled:
    """How intervals were made, which tests were used, and what was done about many of them."""
    part = test_set(evidence)
    methods = _titles((m.get("ci_method") for m in part.metrics), evidence) if part else []
    if part is None or not methods:
        return NOTHING
    compared = [one for comparison in part.comparisons for one in comparison.get("measures") or ()]
    tests = _titles((one.get("test") for one in compared), evidence)
    adjusted = (part.content.get("subgroup_tests") or {}).get("method")
    said = [f"95% intervals: {' / '.join(methods)}"]
    if tests:
        said.append(f"paired tests: {' / '.join(tests)}")
        said.append("one main measure named beforehand, no correction for the others")
    if adjusted:
        said.append(f"tests between subgroups adjusted together ({str(adjusted).capitalize()})")
    return Filled("; ".join(said), _SOURCE)


def _titles(names: Iterable[Any], evidence: Evidence) -> list[str]:
    return sorted({method_title(str(name), evidence.drawn_by) for name in names if name})


def measures(evidence: Evidence) -> Filled:
    """Names of everything that was measured, and of the figures."""
    part = test_set(evidence)
    names = list(dict.fromkeys(measure(str(m.get("name"))).title for m in part.metrics)) if part else []
    return Filled(", ".join(names), _SOURCE) if names else NOTHING


def results(evidence: Evidence) -> Filled:
    """The main figures of every part with their intervals."""
    parts = evidence_sets(evidence)
    if test_set(evidence) is None:
        return NOTHING
    return Filled(". ".join(f"{_kind(part)}: {_figures(part, evidence)}" for part in parts), _SOURCE)


def _kind(part: EvidenceSet) -> str:
    if part.name == "test":
        return "Untouched test part of the same collection"
    title = part.title  # with the name of the set as the user gave it: only its first letter is raised
    return "Validation cases" if part.name == "validation" else title[:1].upper() + title[1:]


def _figures(part: EvidenceSet, evidence: Evidence) -> str:
    located = headline_text(evidence, part)
    if located is not None:
        return located
    found = [f"{measure(name).title} {full_text(m)}" for name in _OVERALL if (m := part.metric(name))]
    for point in part.points[:2]:  # the others stand in the results
        name = str(point.get("name"))
        rates = [f"{rate} {full_text(m)}" for rate in _RATES if (m := part.metric(rate, point=name))]
        if rates:
            found.append(f"{operating_point_title(name).lower()}: {', '.join(rates)}")
    return "; ".join(found) or "no figure"


def cross_table(evidence: Evidence) -> Filled:
    """Counts of every answer against the truth."""
    part = test_set(evidence)
    if part is None:
        return NOTHING
    tables = [(operating_point_title(str(p.get("name"))), p.get("confusion_matrix")) for p in part.points]
    tables = [(title, one) for title, one in tables if one] or [("", part.content.get("confusion_matrix"))]
    said = [
        f"{title}{': ' if title else ''}{_crossed(one)}" for title, one in tables if isinstance(one, Mapping)
    ]
    return Filled("; ".join(said), _SOURCE) if said else NOTHING


def _crossed(matrix: Mapping[str, Any]) -> str:
    names, counts = list(matrix.get("classes") or ()), matrix.get("counts") or []
    if len(names) > 3:
        return f"{len(names)} × {len(names)} table of truth and answer, {sum(map(sum, counts)):,} cases"
    rows = zip(names, counts, strict=False)
    return "; ".join(f"of {sum(row):,} “{name}”: {_answers(row, names)}" for name, row in rows)


def _answers(row: list[int], names: list[str]) -> str:
    return ", ".join(f"{n:,} read as “{said}”" for n, said in zip(row, names, strict=False))


def external(evidence: Evidence) -> Filled:
    """External data, or that there are none."""
    found = [part for part in evidence_sets(evidence) if part.name.startswith("external:")]
    if found:
        return Filled("; ".join(f"{part.title}: {_figures(part, evidence)}" for part in found), _SOURCE)
    if test_set(evidence) is None:
        return NOTHING
    return Filled("no external data were measured", _SOURCE, complete=False)


def external_difference(evidence: Evidence) -> Filled:
    """How external data differ from those of the development; that there are none answers it too."""
    found = [part for part in evidence_sets(evidence) if part.name.startswith("external:")]
    if test_set(evidence) is None:
        return NOTHING
    if not found:
        return Filled("not applicable: no external data were measured", _SOURCE)
    return Filled("; ".join(f"{part.title}: {_shift(part)}" for part in found), _SOURCE)


def _shift(part: EvidenceSet) -> str:
    shift = part.content.get("shift") or {}
    said = [
        str(one.get("verdict")) for one in shift.values() if isinstance(one, Mapping) and one.get("verdict")
    ]
    return " ".join(said) or "not compared"


def updating(evidence: Evidence) -> Filled:
    """Whether the model was changed after it was evaluated."""
    if test_set(evidence) is None:
        return NOTHING
    offered = [p.title for p in evidence_sets(evidence) if p.content.get("recalibrated")]
    offer = f"; a recalibration is offered apart for {', '.join(offered)}, and not applied" if offered else ""
    return Filled(f"the model was not changed after it was evaluated{offer}", _SOURCE)


def subgroups(evidence: Evidence) -> Filled:
    """Which subgroups were measured, with the verdict of each."""
    part = test_set(evidence)
    found = _attributes(part)
    if found:
        return Filled(" ".join(_verdict(one) for one in found), _SOURCE)
    if part is None or part.content.get("subgroup_tests") is None:
        return NOTHING
    return Filled("the data name no property by which patients could be told apart", _SOURCE, complete=False)


def heterogeneity(evidence: Evidence) -> Filled:
    """Differences between sites."""
    part = test_set(evidence)
    found = [one for one in _attributes(part) if one.get("kind") == "site"]
    within = [
        str(one["verdict"])
        for one in (part.content.get("within_site") or () if part else ())
        if one.get("verdict")
    ]
    if found or within:
        return Filled(" ".join([*(_verdict(one) for one in found), *within]), _SOURCE)
    if part is None:
        return NOTHING
    several = len(sites(evidence)) > 1
    why = "sites were not compared" if several else "the data name fewer than two sites"
    return Filled(f"not measured: {why}", _SOURCE, complete=False)


def _attributes(part: EvidenceSet | None) -> list[Mapping[str, Any]]:
    found = (part.content.get("subgroups") or ()) if part else ()
    return [one for one in found if isinstance(one, Mapping) and one.get("levels")]


def _verdict(one: Mapping[str, Any]) -> str:
    column, verdict = str(one.get("column")), str(one.get("verdict") or "no verdict")
    return verdict if verdict.startswith(f"{column}:") else f"{column.replace('_', ' ')}: {verdict}"


def robustness(evidence: Evidence) -> Filled:
    """Learning curve and seeds, where they were measured."""
    found = evidence.evaluation.get("robustness")
    parts = found.values() if isinstance(found, Mapping) else ()
    said = [str(one["verdict"]) for one in parts if isinstance(one, Mapping) and one.get("verdict")]
    return Filled(" ".join(said), _SOURCE, complete=False) if said else NOTHING


def comparison(evidence: Evidence) -> Filled:
    """The verdict against the traditional technique and whatever else was compared."""
    part = test_set(evidence)
    found = [told_line(one) for one in (part.comparisons if part else ())]
    text = " ".join(filter(None, found))
    return Filled(text, _SOURCE) if text else NOTHING


def achieved_width(evidence: Evidence) -> Filled:
    """How wide the interval of the main figure came out."""
    part = test_set(evidence)
    main = (part.metric("auc") or part.metric("auc_macro")) if part else None
    main = main or next(iter(headline_metrics(evidence, part) if part else ()), None)
    if main is None or not has_value(main) or not has_interval(main):
        return NOTHING
    half = (float(main["ci_high"]) - float(main["ci_low"])) / 2
    named = measure(str(main["name"])).title
    text = f"n = {main['n']:,}; {named} {full_text(main)}, half-width {number(half)}"
    return Filled(text, _SOURCE, metrics=(main,))


def events(evidence: Evidence) -> Filled:
    """How many cases of each class the test part holds."""
    part = test_set(evidence)
    counts = (part.content.get("n_by_class") or {}) if part else {}
    listed = ", ".join(f"{name} {n:,}" for name, n in counts.items() if is_number(n))
    return Filled(f"cases in the test part: {listed}", _SOURCE, complete=False) if listed else NOTHING


def numbers_of_abstract(evidence: Evidence) -> Filled:
    """What an abstract needs in numbers."""
    part = test_set(evidence)
    if part is None:
        return NOTHING
    beaten = next(
        (str(c.get("verdict")) for c in part.comparisons if is_traditional(c) and c.get("verdict")), ""
    )
    text = f"{set_distribution(evidence).text}. Test part: {_figures(part, evidence)}. {beaten}"
    return Filled(text.strip(), "dataset.csv, evaluation.json", complete=False)
