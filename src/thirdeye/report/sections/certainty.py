"""When the reader is not sure: prediction sets, measures of certainty, what a rule of deferral does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Fold, Paragraph, Section, Table
from thirdeye.report.figures.certainty import RiskCurve, certainty_figure
from thirdeye.report.numbers import full_text, has_value, number, value_text
from thirdeye.report.sections.prediction_sets import range_cell, set_blocks
from thirdeye.report.sets import EvidenceSet, part_anchor

Json = Mapping[str, Any]
METHODS = {
    "probability": "distance of the probability from another decision",
    "margin": "lead of the most probable class over the second",
    "entropy": "entropy of the probabilities",
    "views": "agreement between mirrored views",
    "members": "agreement between members of the ensemble",
}
_NOT_COMPARED = (
    "Where members learnt from validation cases they agree with the truth and so with each other; agreement"
    " between members could then not take part in the choice."
)


def certainty_section(part: EvidenceSet) -> Section | None:
    """Sets, certainty and deferral on one part; None where the reader has no such rules."""
    blocks = uncertainty_blocks(part.content.get("uncertainty"), part)
    return Section(part_anchor("certainty", part), _title(part), tuple(blocks)) if blocks else None


def uncertainty_blocks(found: Any, part: EvidenceSet) -> list[Block]:
    """What is told of "uncertainty" of a part, of its images or of its cases; nothing where it is not there.

    Args:
        found: as in ``evaluation.json``.
        part: the set that it belongs to.
    """
    if not isinstance(found, Mapping):
        return []
    return [*set_blocks(found.get("sets") or {}, part), *_certainty_blocks(found.get("certainty") or {})]


def _title(part: EvidenceSet) -> str:
    title = "When the reader is not sure"
    return title if part.name == "test" else f"{title}: {part.title}"


def _certainty_blocks(found: Json) -> list[Block]:
    if not found.get("rules"):
        return []
    chosen = str(found["method"])
    rule = next((one for one in found["rules"] if one["asked"] == found["deferred"]), found["rules"][0])
    blocks: list[Block] = [Paragraph("Leaving the least certain cases to the doctor", "label")]
    blocks.append(Paragraph(_deferral_sentence(rule)))
    blocks.append(_figures(found, chosen))
    blocks += [_rule_table(found["rules"]), Fold("Measures of certainty compared", (_area_table(found),))]
    blocks.append(
        Paragraph(
            f"Certainty is measured as the {METHODS.get(chosen, chosen)}. It was chosen on validation "
            "cases: the simplest measure stays unless another orders them better by more than chance. The "
            "rules were fixed there too; the cases of this part had no say.",
            "small",
        )
    )
    return blocks


def _area_table(found: Json) -> Table:
    columns = (
        Column("Measure", weight=2.2), Column("Area under risk-coverage", numeric=True, weight=1.6),
        Column("Difference from the simplest", numeric=True, weight=1.6),
    )  # fmt: skip
    gaps = found.get("differences") or {}
    rows: list[tuple[str | Cell, ...]] = [
        (
            f"{name.capitalize()}: {METHODS.get(name, '')}",
            range_cell(metric),
            range_cell(gaps[name]) if name in gaps else "the simplest",
        )
        for name, metric in found["areas"].items()
    ]
    note = "Intervals of differences are widened for their number. No measure was chosen by these figures."
    return Table(
        columns, tuple(rows), "How well each measure finds the wrong decisions", (note, _NOT_COMPARED)
    )


def _deferral_sentence(rule: Json) -> str:
    load, caught = rule["rule"][0], rule["rule"][1]
    before, after = _named(rule["all"], "accuracy"), _named(rule["kept"], "accuracy")
    asked = number(rule["asked"], percent=True, digits=0)
    said = f"The rule that left {asked} of the validation cases to the doctor leaves {full_text(load)} here."
    if has_value(after):
        said += f" Of all cases {value_text(before)} are decided rightly, of the rest {full_text(after)}."
    if has_value(caught):
        said += f" {full_text(caught)} of the wrong decisions are among the cases that are handed over."
    return said


def _named(metrics: Sequence[Json], name: str) -> Json:
    return next((metric for metric in metrics if metric.get("name") == name), {"status": "undefined"})


def _figures(found: Json, chosen: str) -> Block:
    curves = [
        RiskCurve(
            f"{name.capitalize()} ({value_text(found['areas'][name])})",
            curve["coverage"], curve["risk"], name == chosen,
        )
        for name, curve in (found.get("curves") or {}).items()
    ]  # fmt: skip
    rules = []
    for rule in found["rules"]:
        load, after = rule["rule"][0], _named(rule["kept"], "accuracy")
        if has_value(load) and has_value(after):
            rules.append(
                (number(rule["asked"], percent=True, digits=0), 1 - load["value"], 1 - after["value"])
            )
    text = (
        "Wrong decisions among the cases that remain as the least certain ones are left out, from right to "
        "left. In brackets the area under each curve (lower is better). The heavy line was "
        "chosen on validation cases; rings are the rules that were fixed there."
    )
    alt = ". ".join(f"{name}: area {full_text(metric)}" for name, metric in found["areas"].items())
    return Figure(certainty_figure(curves, rules), text, alt, name="risk_coverage")


def _rule_table(rules: Sequence[Json]) -> Table:
    binary = has_value(_named(rules[0]["all"], "sensitivity"))
    names = ("sensitivity", "specificity") if binary else ("accuracy",)
    columns = (
        Column("Rule", weight=1.6), Column("Left to the doctor", numeric=True, weight=1.4),
        *(Column(f"{name.capitalize()} of what remains", numeric=True, weight=1.5) for name in names),
        Column("Wrong decisions caught", numeric=True, weight=1.5),
    )  # fmt: skip
    rows: list[tuple[str | Cell, ...]] = [
        (
            "Nothing left to the doctor",
            "0%",
            *(range_cell(_named(rules[0]["all"], name)) for name in names),
            "none",
        )
    ]
    for rule in rules:
        share = number(rule["asked"], percent=True, digits=0)
        kept = [range_cell(_named(rule["kept"], name)) for name in names]
        rows.append(
            (f"The least certain {share}", range_cell(rule["rule"][0]), *kept, range_cell(rule["rule"][1]))
        )
    return Table(columns, tuple(rows), "Rules of deferral, fixed on validation cases, measured here")
