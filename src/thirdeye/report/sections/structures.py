"""Structures that were marked: how well, structure by structure, and beside a second observer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Block, Cell, Column, Figure, Paragraph, Section, Table
from thirdeye.report.figures.distributions import class_distributions
from thirdeye.report.numbers import full_text, interval_text, is_number, number, value_text
from thirdeye.report.sets import EvidenceSet

_SHOWN = ("dice", "iou", "hd95_max_of_directed", "assd_pooled")


def structures_section(part: EvidenceSet) -> Section | None:
    """The results of one set of a segmentation; None of another kind of study."""
    cases = part.content.get("cases")
    if not cases:
        return None
    names = list(part.content.get("n_by_class") or {})
    blocks: list[Block] = [
        Paragraph(_answer(part, names), "lead"),
        _table(part, names),
        _spread(cases, names),
    ]
    blocks += _observers(part.content.get("readers") or (), names)
    blocks.append(_extremes(cases, names))
    title = "Structures in the test part" if part.name == "test" else f"Structures in {part.title}"
    return Section(f"structures-{part.name.replace(':', '-')}", title, tuple(blocks))


def _answer(part: EvidenceSet, names: Sequence[str]) -> str:
    overall = part.metric("dice") or part.metric("dice", class_name=names[0] if names else None)
    n = part.content.get("n")
    of = f"{n:,} {part.units}" if isinstance(n, int) else f"an unrecorded number of {part.units}"
    return f"Overlap with the reference (Dice) {full_text(overall)}, over {of}."


def _table(part: EvidenceSet, names: Sequence[str]) -> Table:
    unit = str(part.content.get("length_unit") or "px")
    surface = next((m["name"] for m in part.metrics if str(m.get("name")).startswith("nsd_")), None)
    columns = (
        Column("Structure", weight=1.6),
        Column("Cases", numeric=True, weight=0.6),
        Column("Dice", numeric=True),
        Column("Median (quartiles)", numeric=True, weight=1.2),
        Column("Borders within tolerance", numeric=True),
        Column(f"HD95 ({unit})", numeric=True),
        Column("Found where it is there", numeric=True),
    )
    return Table(
        columns,
        tuple(_row(part, name, surface) for name in names),
        "How well each structure is marked",
        _notes(part, surface),
    )


def _row(part: EvidenceSet, name: str, surface: str | None) -> tuple[str | Cell, ...]:
    dice = part.metric("dice", class_name=name)
    found = [dice, part.metric(surface, class_name=name) if surface else None]
    found += [part.metric(one, class_name=name) for one in ("hd95_max_of_directed", "case_sensitivity")]
    details = (dice or {}).get("details") or {}
    quartiles = [details.get(key) for key in ("median", "first_quartile", "third_quartile")]
    spread = "not recorded"
    if all(is_number(one) for one in quartiles):
        spread = f"{number(quartiles[0])} ({number(quartiles[1])} to {number(quartiles[2])})"
    cells = [
        Cell(value_text(one), note=interval_text(one)) if one else Cell("not measured", "muted")
        for one in found
    ]
    n = part.content.get("n_by_class", {}).get(name)
    return (name, str(n), cells[0], spread, *cells[1:])


def _notes(part: EvidenceSet, surface: str | None) -> tuple[str, ...]:
    kept = {}
    for name in ("dice", surface, "hd95_max_of_directed"):
        metric = next((m for m in part.metrics if m.get("name") == name), None)
        if metric and metric.get("convention"):
            kept[str(name)] = f"{name}: {metric['convention']}."
    return tuple(kept.values())


def _spread(cases: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Figure:
    values = [
        [float(c["dice"]) for c in cases if c["structure"] == name and is_number(c["dice"])] for name in names
    ]
    drawing = class_distributions(values, list(names), x="Dice of single cases")
    alt = "; ".join(f"{name}: {len(series)} cases" for name, series in zip(names, values, strict=True))
    return Figure(
        drawing,
        "Every case is a tick, the bar holds the middle half, the dot is the median.",
        alt,
        title="Case by case",
    )


def _observers(readers: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[Block]:
    """Another person's marks against the same reference, and the network's difference from them."""
    rows: list[tuple[str | Cell, ...]] = []
    for reader in readers:
        for one in reader.get("differences") or ():
            difference = one["difference"]
            rows.append(
                (
                    str(reader["name"]), str(one["structure"]), str(one["n"]), number(one["observer_dice"]),
                    number(one["network_dice"]), Cell(value_text(difference), note=interval_text(difference)),
                )
            )  # fmt: skip
    if not rows:
        return []
    columns = (
        Column("Observer"), Column("Structure"), Column("Cases", numeric=True),
        Column("Dice of the observer", numeric=True), Column("Dice of the network", numeric=True),
        Column("Network minus observer", numeric=True),
    )  # fmt: skip
    note = "Both against the first observer. An interval that holds 0 does not show that they are alike."
    return [Table(columns, tuple(rows), "Beside a second observer", (note,))]


def _extremes(cases: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Table:
    """The worst cases by name, so that somebody can look at them."""
    known = sorted((c for c in cases if is_number(c["dice"])), key=lambda c: float(c["dice"]))[:10]
    columns = (
        Column("Case", weight=2.0),
        Column("Structure"),
        Column("Dice", numeric=True),
        Column("HD95", numeric=True),
    )
    rows = tuple(
        (str(c["case"]), str(c["structure"]), number(c["dice"]), number(c["hd95_max_of_directed"]))
        for c in known
    )
    return Table(columns, rows, "The ten worst")
