"""The evidence of a finding as tables, measures with their intervals, and words."""

from __future__ import annotations

import re
from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from thirdeye.report.clean import shorten
from thirdeye.report.document import Block, Column, Facts, Table
from thirdeye.report.names import measure
from thirdeye.report.numbers import interval_text, is_number, value_text

TABLE_ROWS = 30
CASE_ROWS = 12  # of a table by image: the pictures below show more
_OF_CASES = ("image", "mask", "case")
_PAIRS = 24
_LONGEST = 160
_SIDES = ("x_min", "y_min", "x_max", "y_max")
Place = tuple[float, float, float, float]
_APART = ("table", "about")


def evidence_blocks(evidence: Mapping[str, Any], cases: Names[str], message: str = "") -> list[Block]:
    """Everything in `evidence` but what is said of single cases, and what `message` says already."""
    blocks: list[Block] = []
    table = evidence.get("table")
    if is_table(table):
        blocks.append(_table(table, ""))
    others = [(key, table) for key, table in evidence.items() if key != "table" and is_table(table)]
    blocks += [_table(table, title(key)) for key, table in others]
    measures = _metrics_in(evidence)
    if measures:
        blocks.append(_measures(measures))
    cells = {
        plain(cell) for table in evidence.values() if is_table(table) for row in table["rows"] for cell in row
    }
    counts = [
        (key, value)
        for key, value in evidence.items()
        if key not in _APART and _is_plain_map(value, cases) and not is_metric(value) and not is_table(value)
    ]
    counts = [(key, value) for key, value in counts if not cells.issuperset(map(plain, value.values()))]
    blocks += [_pairs(title(key), value) for key, value in counts]
    words = _words(evidence, message)
    if words:
        blocks.append(Facts(tuple(words)))
    return blocks


def case_lines(evidence: Mapping[str, Any], case: str) -> tuple[str, ...]:
    """What the evidence says of one case: its sentence, and its entry in every table by case."""
    about = evidence.get("about")
    lines = []
    if isinstance(about, Mapping) and case in about:
        lines.append(shorten(str(about[case]), _LONGEST))
    for key, value in evidence.items():
        if key not in _APART and isinstance(value, Mapping) and case in value and not is_metric(value):
            lines.append(shorten(f"{title(key)}: {plain(value[case])}", _LONGEST))
    return tuple(lines)


def accused_places(evidence: Mapping[str, Any]) -> dict[str, list[Place]]:
    """Image to the boxes and points that a table of the evidence accuses, in pixels of the image."""
    table = evidence.get("table")
    if not is_table(table):
        return {}
    heads = [str(head).replace(" ", "_") for head in table["columns"]]
    if not {"image", *_SIDES} <= set(heads):
        return {}
    places: dict[str, list[Place]] = {}
    for row in table["rows"]:
        told = dict(zip(heads, row, strict=False))
        if all(is_number(told.get(side)) for side in _SIDES):
            left, top, right, bottom = (float(told[side]) for side in _SIDES)
            places.setdefault(str(told["image"]), []).append((left, top, right, bottom))
    return places


def is_table(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """``{"columns": [...], "rows": [[...], ...]}``."""
    return isinstance(value, Mapping) and {"columns", "rows"} <= set(value)


def is_metric(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """The JSON of a `thirdeye.evaluation.metric.Metric`."""
    return isinstance(value, Mapping) and {"name", "value", "ci_low"} <= set(value)


def plain(value: Any) -> str:
    """A number or word as a person writes it; a list joined, a measure with its interval."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_metric(value):
        return measure_text(value)
    if is_number(value):
        return f"{value:,}" if isinstance(value, int) else _decimal(float(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {plain(item)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(plain, value))
    return str(value)


def measure_text(metric: Mapping[str, Any]) -> str:
    """``0.93 (0.90 to 0.96)``, or why it is undefined."""
    interval = interval_text(metric)
    return f"{value_text(metric)} ({interval})" if interval else value_text(metric)


def title(key: str) -> str:
    """``"training_images"`` as ``"Training images"``."""
    words = re.sub(r"\bauc\b", "AUC", key.replace("_", " ").strip())
    return words[:1].upper() + words[1:]


def _decimal(value: float) -> str:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return text.replace("-", "−")


def _table(table: Mapping[str, Any], caption: str) -> Table:
    heads = [str(head) for head in table["columns"]]
    rows = [list(row) for row in table["rows"]]
    shown = rows[: CASE_ROWS if heads[0].lower() in _OF_CASES else TABLE_ROWS]
    columns = tuple(
        Column(title(head).replace("+-", "±"), numeric=position > 0 and _is_numeric(shown, position))
        for position, head in enumerate(heads)
    )
    cells = tuple(
        tuple(shorten(plain(row[i]) if i < len(row) else "", _LONGEST) for i in range(len(heads)))
        for row in shown
    )
    notes = (
        (f"{len(rows) - len(shown):,} further rows are in findings.json.",) if len(rows) > len(shown) else ()
    )
    return Table(columns, cells, caption, notes)


def _is_numeric(rows: Sequence[Sequence[Any]], position: int) -> bool:
    values = [row[position] for row in rows if position < len(row) and row[position] is not None]
    return bool(values) and all(is_number(value) or is_metric(value) for value in values)


def _metrics_in(evidence: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every measure with what to call it; one that stands twice is told once."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for key, value in evidence.items():
        several = value if isinstance(value, list | tuple) else value.values() if _holds(value) else (value,)
        names = list(value) if _holds(value) else [""] * len(several)
        for name, one in zip(names, several, strict=True):
            if is_metric(one) and not any(one["value"] == other["value"] for _, other in found):
                called = measure(str(one["name"])).title if key in (one["name"], "") else title(key)
                part = str(one.get("class") or name)
                found.append((f"{called}: {part}" if part else called, one))
    return found


def _holds(value: Any) -> bool:
    """Whether it is a table of measures by name."""
    return isinstance(value, Mapping) and bool(value) and all(map(is_metric, value.values()))


def _measures(measures: Sequence[tuple[str, Mapping[str, Any]]]) -> Table:
    columns = (
        Column("Measure"),
        Column("Value", numeric=True),
        Column("95% interval", numeric=True),
        Column("Cases", numeric=True),
    )
    rows = []
    for key, metric in measures[:TABLE_ROWS]:
        number_of = metric.get("n")
        rows.append(
            (
                key,
                value_text(metric),
                interval_text(metric) or "none",
                plain(number_of) if is_number(number_of) else "",
            )
        )
    conventions = dict.fromkeys(str(metric.get("convention") or "") for _, metric in measures)
    notes = tuple(title(convention) + "." for convention in conventions if convention)
    return Table(columns, tuple(rows), "", notes[:3])


def _is_plain_map(value: Any, cases: Names[str]) -> bool:
    """A small table of names and numbers, not one by case."""
    if not isinstance(value, Mapping) or not value or _holds(value):
        return False
    return not any(str(key) in cases for key in list(value)[:20])


def _pairs(caption: str, values: Mapping[str, Any]) -> Table:
    rows = tuple((str(key), plain(value)) for key, value in list(values.items())[:_PAIRS])
    numeric = all(is_number(value) for value in values.values())
    more = len(values) - len(rows)
    notes = (f"and {more:,} more in findings.json",) if more else ()
    return Table((Column(caption), Column("", numeric=numeric)), rows, "", notes)


def _words(evidence: Mapping[str, Any], message: str) -> list[tuple[str, str]]:
    """Single values, and short lists of them; not what the message says, nor words of our own files."""
    pairs = []
    for key, value in evidence.items():
        if key in _APART or isinstance(value, Mapping):
            continue
        if isinstance(value, list | tuple):
            if not value or any(isinstance(one, Mapping | list | tuple) for one in value):
                continue
            if all(_is_told(plain(one), message) for one in value):
                continue
            text = ", ".join(map(plain, value[:_PAIRS])) + (
                f" and {len(value) - _PAIRS:,} more" if len(value) > _PAIRS else ""
            )
        else:
            text = plain(value)
            is_word = isinstance(value, str) and " " not in text
            if not value or isinstance(value, bool) or is_word or _is_told(text, message):
                continue
        if text:
            pairs.append((title(key), shorten(text, 600)))
    return pairs


def _is_told(text: str, message: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", message) is not None or "_" in text
