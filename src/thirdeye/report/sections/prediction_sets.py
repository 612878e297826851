"""Prediction sets on paper: whether they kept their promise, for whom, and how much they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from thirdeye.report.clean import typeset
from thirdeye.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    FigureRow,
    Fold,
    Notice,
    Paragraph,
    Table,
)
from thirdeye.report.figures.certainty import Covered, coverage_figure, sizes_figure
from thirdeye.report.numbers import (
    full_text,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    short_text,
    value_text,
)
from thirdeye.report.sets import EvidenceSet

Json = Mapping[str, Any]
_GUARANTEES = {
    "split": (
        "The limits come from validation cases that no member of the ensemble learnt from, read by the "
        "very ensemble that reads new cases. For patients drawn as those were, the promise holds whatever "
        "the network is worth."
    ),
    "cross_fitted": (
        "The limits come from validation cases, each read by the members that did not learn from it; new "
        "cases are read by all members together. No theorem covers that difference exactly, so coverage is "
        "measured here rather than only promised."
    ),
}
ALPHA = 0.05  # over all promised shares together
_READ = (
    "The dots are the measured shares with their 95% intervals. The grey bars are where the share lies in 95 "
    "of 100 test parts of this size if the promise holds: both the limits and the test part rest on a "
    "limited number of patients."
)


def set_blocks(sets: Json, part: EvidenceSet) -> list[Block]:
    """What is told of the sets of a part; nothing where the reader has no rules for them."""
    rules = [rule for rule in sets.get("rules") or () if has_value(rule.get("overall"))]
    if not rules:
        return []
    promised = float(sets["coverage"])
    blocks: list[Block] = [_verdict(rules, promised)]
    share = number(promised, percent=True, digits=0)
    blocks.append(
        Paragraph(
            f"A prediction set names the classes that fit a case; it should hold the true one in {share} "
            "of cases. A set of one class is a clear answer, several mean that the image does not decide "
            "between them, and an empty one that no class fits as the known cases did."
        )
    )
    blocks.append(_coverage(rules, promised))
    if not rules[0].get("question"):
        blocks.append(FigureRow(tuple(_sizes(rule) for rule in rules[:2])))
    blocks.append(_set_table(rules))
    groups = _group_table(rules)
    if groups is not None:
        blocks.append(Fold("Coverage in groups of patients", (groups,)))
    said = _GUARANTEES.get(str(sets.get("guarantee")), "")
    if part.name.startswith("external:"):
        said += " These data come from elsewhere: here nothing is promised, and coverage is a finding."
    blocks.append(Paragraph(said, "small"))
    return blocks


def _verdict(rules: Sequence[Json], promised: float) -> Block:
    """Whether every promise was kept within what chance allows."""
    measured = [metric for rule in rules for _, metric in _promised(rule)]
    off = [metric for metric in measured if metric["details"].get("as_expected") == "no"]
    clear = [metric for metric in off if metric["details"].get("p", 0.0) * len(measured) < ALPHA]
    low = [metric for metric in clear if metric["value"] < promised]
    share = number(promised, percent=True, digits=0)
    if low:
        worst = min(low, key=lambda metric: metric["value"])
        of = f" of “{worst['class']}”" if worst.get("class") else ""
        return Notice(
            "warning",
            "The prediction sets miss the true class more often than promised",
            f"Worst: {full_text(worst)} of the cases{of}, where {share} were promised and chance alone would "
            f"give {_range(worst)}. The cases differ from those that the sets were fixed on.",
            "Do not rely on the sets for such cases; look at how the two parts differ.",
        )
    if clear:
        return Notice(
            "note",
            "The prediction sets hold the true class more often than promised",
            f"{len(clear)} of {len(measured)} shares lie above what chance allows around {share}: the sets "
            "are wider than they would have to be.",
        )
    if off:
        return Paragraph(
            f"The prediction sets keep their promise of {share} as far as can be told: {len(off)} of "
            f"{len(measured)} shares lie outside of what chance allows for one alone; with several "
            "shares that happens by chance.",
            "lead",
        )
    return Paragraph(
        f"The prediction sets keep their promise of {share}: all {len(measured)} shares that were promised "
        "lie within what chance allows."
        if len(measured) > 1
        else f"The prediction sets keep their promise of {share}, within what chance allows.",
        "lead",
    )


def _promised(rule: Json) -> Iterable[tuple[str, Json]]:
    """Shares of a rule that something is promised for, with their names."""
    question = f"{rule['question']}: " if rule.get("question") else ""
    scope = str(rule["scope"])
    if _has_range(rule["overall"]):
        yield f"{question}{scope}", rule["overall"]
    for metric in rule.get("by_class") or ():
        if has_value(metric) and _has_range(metric):
            yield f"{question}{metric['class']}", metric


def _has_range(metric: Json) -> bool:
    return is_number((metric.get("details") or {}).get("expected_low"))


def _coverage(rules: Sequence[Json], promised: float) -> Block:
    named = [one for rule in rules for one in _promised(rule)]
    named.sort(key=lambda one: one[0] != "all cases")
    rows = [_covered(name, metric) for name, metric in named]
    alt = ". ".join(f"{name}: {full_text(metric)}, by chance {_range(metric)}" for name, metric in named)
    return Figure(coverage_figure(rows, nominal=promised), _READ, alt, name="set_coverage")


def _covered(name: str, metric: Json) -> Covered:
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    least, most = (metric["details"][key] for key in ("expected_low", "expected_high"))
    return Covered(name, float(metric["value"]), low, high, least, most, short_text(metric))


def _range(metric: Json) -> str:
    details = metric["details"]
    low, high = (number(details[key], percent=True) for key in ("expected_low", "expected_high"))
    return f"{low} to {high}"


def _set_table(rules: Sequence[Json]) -> Table:
    columns = (
        Column("Sets", weight=1.8), Column("Coverage", numeric=True, weight=1.5),
        Column("By chance alone", numeric=True, weight=1.4),
        Column("Classes in a set", numeric=True, weight=1.5),
        Column("Clear answers", numeric=True),
    )  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = []
    for rule in rules:
        overall = rule["overall"]
        name = (
            f"{rule['question']}, {rule['scope']}"
            if rule.get("question")
            else f"Promised for {rule['scope']}"
        )
        chance = _range(overall) if _has_range(overall) else "see each class"
        rows.append((name, range_cell(overall), chance, range_cell(rule["size"]), _clear(rule)))
    always = sorted({name for rule in rules for name in rule.get("always") or ()})
    notes = []
    if always:
        notes.append(
            f"In every set, for want of validation patients to draw a limit from: {', '.join(always)}."
        )
    return Table(columns, tuple(rows), "Prediction sets", tuple(map(typeset, notes)))


def _clear(rule: Json) -> str:
    sizes = list((rule.get("sizes") or {}).values())
    total = sum(map(sum, sizes))
    return number(sum(row[1] for row in sizes) / total, percent=True, digits=0) if total else "none"


def range_cell(metric: Json | None) -> Cell:
    """A value over its interval; why there is none."""
    if metric is None or not has_value(metric):
        return Cell("undefined", "muted", str((metric or {}).get("reason") or ""))
    return Cell(value_text(metric), note=interval_text(metric) if has_interval(metric) else "")


def _group_table(rules: Sequence[Json]) -> Table | None:
    rows = [
        (str(one["group"]), str(rule["scope"]), range_cell(one["coverage"]), str(one["coverage"].get("n")))
        for rule in rules
        for one in rule.get("by_group") or ()
    ]
    if not rows:
        return None
    columns = (
        Column("Group", weight=2), Column("Sets promised for"), Column("Coverage", numeric=True, weight=1.6),
        Column("Cases", numeric=True),
    )  # fmt: skip
    note = (
        "Groups of at least 20 patients. For a group nothing is promised but by the sets that bear its name."
    )
    return Table(columns, tuple(rows), "Coverage in groups of patients", (note,))


def _sizes(rule: Json) -> Figure:
    sizes = rule["sizes"]
    text = f"How many classes the sets hold that are promised for {rule['scope']}, by the true class."
    alt = ". ".join(
        f"{name}: {', '.join(map(str, row))} cases with 0, 1, 2, ... classes" for name, row in sizes.items()
    )
    return Figure(sizes_figure(list(sizes), list(sizes.values())), text, alt, name="set_sizes")
