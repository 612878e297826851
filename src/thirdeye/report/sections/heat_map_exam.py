"""How the heat maps did in their exam: a table of the methods, figures, and what the network has learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.explanation.exam.likeness import value_of
from thirdeye.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Gallery,
    Paragraph,
    Picture,
    Section,
    Table,
    Tone,
)
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import MUTED, NETWORK
from thirdeye.report.numbers import is_number, number

LEARNT_FILE = "explanation/learnt.json"
_QUESTIONS = {"weights": "Random weights", "labels": "Random labels", "order": "Insertion, deletion"}
_POINTING, _ENERGY = "pointing_game", "energy_inside"
_RANDOM = (
    "Random weights, random labels: a map must change when the network has not learnt what it should"
    " (Adebayo et al., 2018). Random labels are learnt by the last layer alone"
)
_BELOW = {
    False: "; the layers below have seen the true ones, which asks less than training the whole network on"
    " random labels, as the paper does.",
    True: ", which is all that was trained on labels, as the paper asks.",
}
_NOTES = (
    "Insertion, deletion: hiding the places that are marked must move the answer more than hiding places at"
    " random (Petsiuk et al., 2018).",
    "All of it was measured on development images; the test part had no say in which method is shown.",
)


def heat_map_section(evidence: Evidence) -> Section | None:
    """None where the study has no exam of several methods."""
    methods: Mapping[str, Any] = evidence.sanity.get("methods") or {}
    if not methods:
        return None
    blocks: list[Block] = [Paragraph(_lead(evidence, methods), "lead"), _table(evidence, methods)]
    examined = {name: one for name, one in methods.items() if one.get("passed") is not None}
    blocks += [figure for figure in (_order(examined), _pointing(examined)) if figure is not None]
    blocks += _learnt(evidence)
    return Section("heat-maps", "The exam of the heat maps", tuple(blocks))


def _lead(evidence: Evidence, methods: Mapping[str, Any]) -> str:
    passed = [one["title"] for one in methods.values() if one.get("passed")]
    if not passed:
        return "No method of drawing heat maps passed the exam, so none is shown as evidence."
    shown = methods[evidence.sanity["method"]]["title"]
    others = [title for title in passed if title != shown]
    more = f" {', '.join(others)} passed as well." if others else ""
    return (
        f"Heat maps are drawn by {shown}: the simplest method that passed, unless another was better.{more}"
    )


def _table(evidence: Evidence, methods: Mapping[str, Any]) -> Table:
    columns = [Column("Method", weight=1.6), *(Column(title) for title in _QUESTIONS.values())]
    located = any(one.get("localisation") for one in methods.values())
    columns += [Column("Localisation")] if located else []
    columns += [Column("Members agree", numeric=True), Column("Verdict", weight=1.3)]
    rows = []
    for name, one in methods.items():
        shown = name == evidence.sanity.get("method") and one.get("passed")
        cells: list[str | Cell] = [Cell(one["title"], "strong" if shown else "plain", _examined(one))]
        cells += [_question(one.get(question)) for question in _QUESTIONS]
        cells += [_located(one.get("localisation"))] if located else []
        cells += [_agreement(one.get("agreement")), _verdict(one, shown=bool(shown))]
        rows.append(tuple(cells))
    notes = (_random(methods), *_NOTES)
    return Table(tuple(columns), tuple(rows), "What each method showed in the exam", notes)


def _random(methods: Mapping[str, Any]) -> str:
    """What was randomised; studies of earlier versions do not tell, and the lesser claim is made."""
    told = [one["labels"] for one in methods.values() if one.get("labels")]
    return _RANDOM + _BELOW[bool(told) and all(one.get("whole_training", False) for one in told)]


def _examined(one: Mapping[str, Any]) -> str:
    if not one.get("n_images"):
        return ""
    passes = one.get("passes", 1)
    return f"{one['n_images']} images" + (f", {passes} passes each" if passes > 1 else "")


def _question(told: Mapping[str, Any] | None) -> Cell:
    if told is None:
        return Cell("–", "muted")
    text, tone = ("passed", "good") if told["passed"] else ("not passed", "bad")
    return Cell(text, tone, _detail(told))  # type: ignore[arg-type]


def _detail(told: Mapping[str, Any]) -> str:
    if "gains" in told:
        return f"gain {_interval(told['gains']['order'])}"
    measures = told.get("measures") or {}
    kept = [value for one in measures.values() if (value := value_of(one.get("retained"))) is not None]
    return f"{number(max(0.0, *kept), percent=True, digits=0)} left" if len(kept) > 1 else ""


def _located(told: Mapping[str, Any] | None) -> Cell:
    if told is None:
        return Cell("–", "muted")
    tone: Tone = "good" if told["above_chance"] else "bad" if told["below_chance"] else "plain"
    one = told["measures"][_POINTING]
    if one["value"] is None:
        return Cell("–", "muted", str(one["reason"]))
    chance = number((one["details"] or {}).get("by_chance"), percent=True, digits=0)
    return Cell(f"hits {number(one['value'], percent=True, digits=0)}", tone, f"by chance {chance}")


def _agreement(told: Mapping[str, Any] | None) -> str:
    value = value_of((told or {}).get("between_members", {}).get("spearman_absolute"))
    return number(value, digits=2) if is_number(value) else "–"


def _verdict(one: Mapping[str, Any], *, shown: bool) -> Cell:
    if one.get("passed") is None:
        return Cell("not examined", "muted")
    if shown:
        return Cell("shown", "good")
    return Cell("passed", "plain") if one["passed"] else Cell("hidden", "bad")


def _order(methods: Mapping[str, Any]) -> Figure | None:
    rows = [_row(one, one["order"]["gains"]["order"], 2) for one in methods.values() if one.get("order")]
    if not rows:
        return None
    drawing = interval_figure(
        rows,
        x="gain over random orders (SD of the score)",
        reference=0.0,
        reference_name="chance",
    )
    return Figure(
        drawing,
        "Insertion and deletion: how much more the answer moves than by places at random (95% interval)",
        "Interval of the gain of each method: " + "; ".join(f"{row.name} {row.text}" for row in rows),
        "Do the marked places carry the answer?", "heat_map_order",
    )  # fmt: skip


def _pointing(methods: Mapping[str, Any]) -> Figure | None:
    told = {one["title"]: one for one in methods.values() if one.get("localisation")}
    rows = [
        _row(one, one["localisation"]["measures"][f"{measure}_above_chance"], 2, f"{title}, {words}")
        for title, one in told.items()
        for measure, words in ((_POINTING, "highest point"), (_ENERGY, "energy"))
    ]
    if not rows:
        return None
    drawing = interval_figure(rows, x="share inside, above chance", reference=0.0, reference_name="chance")
    return Figure(
        drawing,
        "Localisation: hits of the highest point, and share of the map inside what annotators marked, both"
        " above the share of the picture that it covers (95% interval, by patient).",
        "Interval above chance of each method: " + "; ".join(f"{row.name} {row.text}" for row in rows),
        "Do the maps mark what annotators marked?", "heat_map_localisation",
    )  # fmt: skip


def _row(one: Mapping[str, Any], metric: Mapping[str, Any], digits: int, name: str = "") -> Row:
    return Row(
        name or str(one["title"]), metric["value"], metric["ci_low"], metric["ci_high"],
        _interval(metric, digits), NETWORK if one.get("passed") else MUTED, hollow=not one.get("passed"),
    )  # fmt: skip


def _interval(metric: Mapping[str, Any], digits: int = 2) -> str:
    if not is_number(metric.get("value")):
        return "–"
    shown = number(metric["value"], digits=digits)
    if not is_number(metric.get("ci_low")):
        return shown
    return (
        f"{shown} ({number(metric['ci_low'], digits=digits)} to {number(metric['ci_high'], digits=digits)})"
    )


def _learnt(evidence: Evidence) -> list[Block]:
    """Kernels and feature maps; nothing where the study holds none."""
    if not evidence.study.has(LEARNT_FILE):
        return []
    told = evidence.study.read_json(LEARNT_FILE)
    pictures = tuple(
        Picture(evidence.picture(one["file"]), None, (str(one["caption"]),), str(one["caption"]))
        for one in told.get("pictures", [])
    )
    explanation = (
        "kernels and feature maps of the first member (Zeiler & Fergus, 2014). Smooth kernels with edges and"
        " colours are learnt ones; noise means that little was learnt. They explain no single answer."
    )
    return [Gallery("What the network has learnt", explanation, pictures, alone=True)]
