"""All techniques side by side, and what the traditional one leans on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.clean import typeset
from thirdeye.report.comparison import is_lost
from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Table
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import HEAD, MUTED, NETWORK, RIGHT, TRADITIONAL
from thirdeye.report.numbers import (
    MetricJson,
    has_interval,
    has_value,
    interval_text,
    p_text,
    short_text,
    value_text,
)
from thirdeye.report.sets import EvidenceSet

FAMILIES: dict[str, tuple[str, str]] = {
    "intensity": (
        "Brightness",
        "mean, spread, percentiles, histogram, and where in the picture it is bright",
    ),
    "colour": ("Colour", "hue, saturation and lightness, and how the centre differs from the border"),
    "cooccurrence": ("Texture of grey pairs", "which grey levels lie 1, 2, 4 and 8 pixels apart"),
    "binary_pattern": ("Local patterns", "spots, edges and corners of a few pixels"),
    "gradient": ("Edges", "how sharp they are and which way they run"),
    "frequency": ("Scale and direction", "energy of Gabor and Haar filters"),
    "shape": ("Shape", "size, outline and place of the main object"),
    "texture": (
        "Texture matrices",
        "runs, zones, tone differences and dependences, by the IBSI's definitions",
    ),
    "laplacian": ("Spots by size", "response to dark and bright spots of four sizes"),
    "wavelet": ("Wavelet bands", "coarse and fine detail along and across"),
}
_COLOURS = {"combined": RIGHT, "learner": TRADITIONAL, "simple": MUTED, "clinical": HEAD}
_OPENINGS = {
    "better": "Both together beat the network alone",
    "not_better": "Both together do not beat the network alone",
    "worse": "Both together are worse than the network alone",
}


def combined_notice(comparison: Mapping[str, Any] | None) -> list[Block]:
    """Whether network and traditional technique together are better than the network."""
    if comparison is None:
        return []
    outcome, adjusted = str(comparison.get("outcome")), comparison.get("p_adjusted")
    said = _OPENINGS.get(outcome, "Whether both together beat the network is open")
    if is_lost(comparison):
        said = "Whether both together beat the network is open: not shown once adjusted for several questions"
    figures = typeset(str(comparison.get("verdict") or "")).partition(": ")[2]
    also = (
        f"Adjusted for the number of further questions (Holm): {p_text(adjusted)}."
        if adjusted is not None
        else ""
    )
    about = str(comparison.get("description") or "")
    text = " ".join(filter(None, (figures[:1].upper() + figures[1:], also, about)))
    return [Notice("note", said, text)]


def technique_blocks(
    main: Mapping[str, Any],
    further: Sequence[Mapping[str, Any]],
    validation: EvidenceSet | None,
    told: Mapping[str, Any],
) -> list[Block]:
    """Figure and table of every technique on the same cases; what was left out is said.

    Args:
        main: the comparison with the traditional technique.
        further: the supplementary comparisons of the same cases.
        validation: the validation part, for its figures beside those of the cases.
        told: the entry "traditional" of evaluation.json; empty in an older study.
    """
    if not further:
        return []
    known = {str(one.get("source")): one for one in (validation.comparisons if validation else ())}
    ordered = sorted(further, key=lambda one: (_rank(one), -_validated(one, known)))
    blocks: list[Block] = [
        Paragraph("Every technique on the same cases", "label"),
        _figure(main, ordered),
        _table(main, ordered, known),
    ]
    left_out = [str(one.get("title")) for one in told.get("left_out") or ()]
    if left_out:
        words = ", ".join(left_out)
        blocks.append(Paragraph(f"Left out, as the time of the study did not reach: {words}.", "small"))
    return blocks


def importance_blocks(told: Mapping[str, Any]) -> list[Block]:
    """What the ranking loses when one family of features is shuffled."""
    entries = [one for one in told.get("importance") or () if has_value(one.get("loss"))]
    entries = [
        one for one in entries if one["loss"]["value"] or has_interval(one["loss"])
    ]  # colour of grey images
    if not entries:
        return []
    rows = [_importance_row(one) for one in entries]
    figure = interval_figure(
        rows, x="AUC lost when the family is shuffled: further right, it counts more", reference=0.0
    )
    caption = (
        "What the traditional technique leans on, measured on held-out validation cases. What one family "
        "tells is partly told by others, so that a small loss does not make a family useless."
    )
    return [
        Paragraph("What the traditional technique looks at", "label"),
        Figure(
            figure, caption, ". ".join(f"{row.name}: {row.text}" for row in rows), name="feature_families"
        ),
        _importance_table(entries),
    ]


def _rank(comparison: Mapping[str, Any]) -> int:
    order = ("combined", "learner", "simple", "clinical")
    kind = str(comparison.get("kind"))
    return order.index(kind) if kind in order else len(order)


def _own(comparison: Mapping[str, Any]) -> MetricJson | None:
    """The metric of the technique itself; in the combined comparison it comes first."""
    found: MetricJson | None = _measured(comparison).get(
        "first" if comparison.get("kind") == "combined" else "second"
    )
    return found


def _measured(comparison: Mapping[str, Any]) -> Mapping[str, Any]:
    """The primary measure; empty where there is none."""
    measures: Sequence[Mapping[str, Any]] = comparison.get("measures") or ({},)
    return measures[0]


def _name(comparison: Mapping[str, Any]) -> str:
    side = "first" if comparison.get("kind") == "combined" else "second"
    text = str(comparison.get(side, "technique"))
    return text[:1].upper() + text[1:]


def _validated(comparison: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> float:
    twin = known.get(str(comparison.get("source")))
    metric = _own(twin) if twin else None
    return float(metric["value"]) if metric is not None and has_value(metric) else -1.0


def _figure(main: Mapping[str, Any], further: Sequence[Mapping[str, Any]]) -> Figure:
    first = _measured(main)
    rows = [
        _row("Network", first.get("first"), NETWORK),
        _row("Traditional technique (chosen)", first.get("second"), TRADITIONAL),
    ]
    rows += [
        _row(
            _name(one),
            _own(one),
            _COLOURS.get(str(one.get("kind")), MUTED),
            hollow=one.get("kind") != "combined",
        )
        for one in further
    ]
    drawing = interval_figure(rows, x="AUC: 0.5 is chance, 1 is perfect")
    caption = (
        "Every technique on the same cases. The filled points are the network, the traditional technique as "
        "it was chosen inside the training cases, and both together; the open ones are for comparison."
    )
    return Figure(drawing, caption, ". ".join(f"{row.name}: {row.text}" for row in rows), name="techniques")


def _row(name: str, metric: MetricJson | None, colour: str, *, hollow: bool = False) -> Row:
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, "undefined", colour)
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, short_text(metric), colour, hollow)


def _table(
    main: Mapping[str, Any], further: Sequence[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]
) -> Table:
    columns = (
        Column("Technique", weight=2.4),
        Column("Validation", numeric=True, weight=1.2),
        Column("These cases", numeric=True, weight=1.2),
        Column("Against the network", numeric=True, weight=1.3),
        Column("p, adjusted (Holm)", numeric=True, weight=1.0),
    )
    rows = tuple(_cells(one, known) for one in (main, *further))
    counted = next((one.get("adjusted_over") for one in further if one.get("adjusted_over")), 0)
    told = (
        f"Only the first row is the question that was fixed beforehand; the p values of the {counted} others "
        "are adjusted for their number (Holm)."
    )
    notes = (
        "Against the network: its AUC minus the technique's; for both together, theirs minus the network's.",
        "Which learners stand for the traditional technique (the mean of three kinds) was chosen by "
        "cross-validation inside the training cases, never by this table.",
        told if counted else "Only the first row is the question that was fixed beforehand.",
    )
    return Table(columns, rows, "AUC of every technique, with 95% intervals", notes)


def _cells(comparison: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> tuple[str | Cell, ...]:
    measured = _measured(comparison)
    twin = known.get(str(comparison.get("source")))
    difference = measured.get("difference")
    adjusted = "p_adjusted" in comparison
    p = p_text(comparison.get("p_adjusted") if adjusted else measured.get("p_value"))
    name = _name(comparison) if adjusted else "Traditional technique (chosen)"
    note = str(comparison.get("description") or "") if adjusted else ""
    return (
        Cell(name, "plain" if adjusted else "strong", note),
        _value(_own(twin) if twin else None),
        _value(_own(comparison)),
        _value(difference),
        Cell(p or "no p value", note="" if adjusted else "not adjusted"),
    )


def _value(metric: MetricJson | None) -> Cell:
    if metric is None:
        return Cell("not recorded", "muted")
    return Cell(value_text(metric), "plain" if has_value(metric) else "muted", interval_text(metric))


def _family(entry: Mapping[str, Any]) -> tuple[str, str]:
    name = str(entry.get("family"))
    return FAMILIES.get(name, (name.replace("_", " ").capitalize(), ""))


def _importance_row(entry: Mapping[str, Any]) -> Row:
    loss = entry["loss"]
    low, high = (loss["ci_low"], loss["ci_high"]) if has_interval(loss) else (None, None)
    return Row(_family(entry)[0], float(loss["value"]), low, high, short_text(loss), TRADITIONAL)


def _importance_table(entries: Sequence[Mapping[str, Any]]) -> Table:
    columns = (
        Column("Family", weight=2.2),
        Column("Features", numeric=True, weight=0.7),
        Column("AUC lost", numeric=True, weight=0.8),
        Column("Interval", numeric=True, weight=1.3),
    )
    rows = tuple(
        (
            Cell(_family(one)[0], note=_family(one)[1]),
            f"{one.get('n_features', 0):,}",
            value_text(one["loss"]),
            interval_text(one["loss"]),
        )
        for one in entries
    )
    first = entries[0]["loss"]
    shuffles = (first.get("details") or {}).get("shuffles", 1)
    notes = (f"Mean of {shuffles} shuffles of {first.get('n', 0):,} held-out cases; below 0 is chance.",)
    return Table(columns, rows, "Families of hand-crafted features and what each adds", notes)
