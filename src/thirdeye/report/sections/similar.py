"""Similar cases: how well they are found, beside raw pixels and hand-crafted features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.inference.similar.words import how_searched
from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import MUTED, NETWORK, TRADITIONAL
from thirdeye.report.numbers import (
    MetricJson,
    count,
    full_text,
    has_interval,
    has_value,
    is_number,
    number,
    short_text,
    value_text,
)
from thirdeye.report.sets import test_set

DECIDING = "precision_at_5"
_FEATURES = {
    "frozen": "the pretrained network, which has learnt from none of these cases",
    "taught_members": "the trained members, each case seen only by those that have not learnt from it",
    "both": "the trained members that have not learnt from a case, and the pretrained network",
}
_METRICS = {
    "cosine": "plain cosine",
    "whitened": "cosine of whitened components",
    "taught": "cosine, taught by the classes",
}
_TITLES = {
    "precision_at_1": "Precision at 1",
    "precision_at_5": "Precision at 5",
    "precision_at_10": "Precision at 10",
    "mean_average_precision": "Mean average precision",
}
_COLOURS = {"pixels": MUTED, "handcrafted": TRADITIONAL}


def similar_section(evidence: Evidence) -> Section | None:
    """How well past cases of the same class are found; None where it was not measured."""
    part = test_set(evidence)
    found = part.content.get("retrieval") if part is not None else None
    if not isinstance(found, Mapping) or not found.get("metrics"):
        return None
    kept = (evidence.model.get("trust") or {}).get("similar") or {}
    blocks: list[Block] = [
        _verdict(found),
        Paragraph(_how(found)),
        _figure(found),
        _table(found),
        *_choice(kept),
        *_duplicates(kept),
        *_search(kept),
    ]
    return Section("similar", "Are similar cases found?", tuple(blocks))


def _measure(metrics: Sequence[MetricJson], name: str) -> MetricJson | None:
    return next((one for one in metrics if one.get("name") == name), None)


def _compared(comparison: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next((one for one in comparison.get("measures") or () if one.get("name") == name), {})


def _verdict(found: Mapping[str, Any]) -> Notice:
    """Whether the features find better than raw pixels and hand-crafted ones."""
    ours = _measure(found["metrics"], DECIDING)
    chance = ((ours or {}).get("details") or {}).get("by_chance")
    said = [
        f"On average {value_text(ours)} of the 5 nearest past cases have the class of the asked one (1: all)"
        f"{_by_chance(chance)}."
    ]
    better: list[str] = []
    open_: list[str] = []
    for comparison in found.get("comparisons") or ():
        gap = _compared(comparison, DECIDING).get("difference")
        if gap is not None and has_interval(gap):
            (better if gap["ci_low"] > 0 else open_).append(str(comparison.get("title")))
            said.append(f"Compared with {comparison.get('title')}: {short_text(gap)}.")
    heading = [f"found better than by {' and by '.join(better)}"] if better else []
    heading += [f"not shown to be found better than by {' or by '.join(open_)}"] if open_ else []
    shown = "; ".join(heading) or "not compared with other ways to find them"
    return Notice("warning" if open_ or not better else "note", f"Similar cases are {shown}", " ".join(said))


def _by_chance(share: Any) -> str:
    return f"; picked at random it would be {number(share)}" if is_number(share) else ""


def _how(found: Mapping[str, Any]) -> str:
    features = _FEATURES.get(str(found.get("features")), str(found.get("features")))
    metric = _METRICS.get(str(found.get("metric")), str(found.get("metric")))
    return (
        f"Each of {count(int(found.get('n_queries', 0)), 'test case')} was looked for among"
        f" {count(int(found.get('n_gallery', 0)), 'development case')}. Likeness is measured on features of"
        f" {features}: {metric}. A patient's own cases and copies of the picture are left out. Alike means of"
        " the same class; whether two cases look alike to a doctor was not asked."
    )


def _figure(found: Mapping[str, Any]) -> Figure:
    rows = [_row("Features of the reader", _measure(found["metrics"], DECIDING), NETWORK)]
    for one in found.get("comparisons") or ():
        title, colour = str(one.get("title")), _COLOURS.get(str(one.get("name")), MUTED)
        rows.append(_row(title[:1].upper() + title[1:], _compared(one, DECIDING).get("second"), colour))
    chance = ((_measure(found["metrics"], DECIDING) or {}).get("details") or {}).get("by_chance")
    figure = interval_figure(
        rows,
        x="Share of the 5 nearest that are of the same class",
        reference=chance,
        reference_name="at random",
    )
    words = ". ".join(f"{row.name}: {row.text}" for row in rows)
    return Figure(
        figure, "How often the nearest past cases are of the same class.", words, name="similar_cases"
    )


def _row(name: str, metric: MetricJson | None, colour: str) -> Row:
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, "not measured", colour)
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, short_text(metric), colour)


def _table(found: Mapping[str, Any]) -> Table:
    comparisons = list(found.get("comparisons") or ())
    columns = (
        Column("Measure", weight=1.4),
        Column("Features of the reader", numeric=True),
        *(Column(f"More than {one.get('title')}", numeric=True) for one in comparisons),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for metric in found["metrics"]:
        name = str(metric.get("name"))
        gaps = [short_text(_compared(one, name).get("difference")) for one in comparisons]
        rows.append((_TITLES.get(name, name), short_text(metric), *gaps))
    note = f"Convention: {found.get('convention')}. Intervals are of patients where they are known, paired."
    return Table(columns, tuple(rows), "Finding past cases of the same class", (note,))


def _choice(kept: Mapping[str, Any]) -> list[Block]:
    candidates = kept.get("candidates") or ()
    if not candidates:
        return []
    rows = []
    for one in candidates:
        chosen = one["features"] == kept.get("features") and one["metric"] == kept.get("metric")
        metric = _measure(one["metrics"], DECIDING)
        names = (str(one["features"]).replace("_", " "), _METRICS.get(str(one["metric"]), ""))
        rows.append((*names, short_text(metric), "chosen" if chosen else ""))
    columns = (
        Column("Features"),
        Column("Likeness", weight=1.4),
        Column("Precision at 5", numeric=True),
        Column(""),
    )
    said = f"Judged on development cases by members that have not learnt from them. {kept.get('reason')}"
    return [Table(columns, tuple(rows), "What was tried", (said,))]


def _duplicates(kept: Mapping[str, Any]) -> list[Block]:
    limit = kept.get("duplicates") or {}
    if not limit.get("n_copies"):
        return []
    found, flagged = limit["copies_found"], limit["pairs_flagged"]  # studies of earlier versions: numbers
    share = full_text(found) if isinstance(found, dict) else number(found, percent=True)
    pairs = flagged["details"].get("count") if isinstance(flagged, dict) else flagged
    text = (
        "A past case whose picture is nearly the same is flagged as a possible duplicate. The limit was fixed"
        f" on {limit['n_copies']} copies of development images ({', '.join(limit.get('copies') or ())}): it"
        f" finds {share} of them, and flags {pairs or 0:,} of {limit.get('n_pairs'):,} pairs of"
        " different patients. Mirrored and turned copies are not looked for."
    )
    return [Paragraph(text, "small")]


def _search(kept: Mapping[str, Any]) -> list[Block]:
    """How the cases are searched when a new one is read; the figures above are of the exact search."""
    if not kept.get("galleries"):
        return []
    said = how_searched(kept)
    if any(one.get("lists") for one in kept["galleries"]):
        said += " The figures above are of comparing all cases."
    return [Paragraph(said, "small")]
