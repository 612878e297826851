"""How the network came about: what each stage reached on validation data, and what was kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thirdeye.report.document import Block, Cell, Column, Figure, Notice, Paragraph, Section, Table
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.intervals import Row, interval_figure
from thirdeye.report.figures.palette import MUTED, NETWORK
from thirdeye.report.figures.training_curves import MemberCurve, training_figure
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import measure, stage_title
from thirdeye.report.numbers import (
    MetricJson,
    duration,
    has_interval,
    has_value,
    interval_text,
    is_number,
    number,
    short_text,
    value_text,
)

if TYPE_CHECKING:
    import pandas as pd


_LOCATED = (
    "Each network learns for as long as the plan gives it, and the state that was best on cases it did not "
    "learn from is kept. These figures chose the network, so they lean to the favourable side: the test "
    "part, above, decides."
)


def stages_section(evidence: Evidence) -> Section:
    """Stages with their validated figures, the spread of members, and the training curves."""
    stages, located = evidence.stages.get("stages") or [], located_words(evidence.task)
    blocks: list[Block] = []
    if located is not None and not stages:
        blocks.append(Paragraph(_LOCATED))
    elif not stages:
        blocks.append(
            Notice("warning", "No stage was recorded", "runs/stages.json is not in the study folder.")
        )
    else:
        blocks.append(
            Paragraph(
                "Training goes in steps, and a step is kept only when it is better on validation "
                "cases. These figures chose the network, so they lean to the favourable side: the "
                "test part, above, decides."
            )
        )
        blocks += _stage_blocks(stages)
    if evidence.curves is not None and len(evidence.curves):
        metric = main_metric(stages) if located is None else located.headlines[0]
        metric = "mre_px" if evidence.task == "landmarks" else metric  # as training measures it
        blocks.append(_curves(evidence.curves, metric, step="Epoch" if located is None else "Round"))
    return Section("stages", "How the network came about", tuple(blocks))


def members_trained(evidence: Evidence) -> tuple[int, int] | None:
    """Members that the time sufficed for, and those planned; None where that is all, or not recorded."""
    planned = evidence.plan_value("folds")
    if evidence.plan_value("validation") != "cross_fitted" or not is_number(planned):
        return None
    found = [stage for stage in evidence.stages.get("stages") or [] if stage.get("name") == "fine_tuning"]
    trained = len({member.get("fold") for member in found[0].get("members") or []}) if found else 0
    return (trained, int(planned)) if 0 < trained < int(planned) else None


def main_metric(stages: Sequence[Mapping[str, Any]]) -> str:
    """The measure that stages are compared by: the first that the first stage reports."""
    for stage in stages:
        names = list(stage.get("validation") or {})
        if names:
            return str(names[0])
    return "auc"


def _stage_blocks(stages: Sequence[Mapping[str, Any]]) -> list[Block]:
    name = main_metric(stages)
    rows = [_row(stage, (stage.get("validation") or {}).get(name)) for stage in stages]
    title = measure(name).title
    figure = Figure(
        interval_figure(rows, x=f"{title} on validation cases"),
        f"{title} of each stage on validation cases with its interval. Filled: kept. Hollow: tried and "
        f"not kept.",
        ". ".join(f"{row.name}: {row.text}" for row in rows),
        name="each_stage",
    )
    blocks: list[Block] = [_table(stages), figure]
    spread = [text for stage in stages if (text := spread_text(stage, title))]
    return [*blocks, Paragraph(" ".join(spread))] if spread else blocks


def _row(stage: Mapping[str, Any], metric: MetricJson | None) -> Row:
    name, kept = stage_title(str(stage.get("name", ""))), bool(stage.get("kept"))
    colour = NETWORK if kept else MUTED
    if metric is None or not has_value(metric):
        return Row(name, None, None, None, value_text(metric), colour)
    low, high = (metric["ci_low"], metric["ci_high"]) if has_interval(metric) else (None, None)
    return Row(name, float(metric["value"]), low, high, short_text(metric), colour, hollow=not kept)


def _table(stages: Sequence[Mapping[str, Any]]) -> Table:
    measures = list(dict.fromkeys(name for stage in stages for name in stage.get("validation") or {}))[:3]
    columns = [Column("Stage", weight=2.6)]
    columns += [Column(measure(name).title, numeric=True, weight=1.5) for name in measures]
    columns += [Column("Kept", weight=2.0), Column("Time", numeric=True, weight=0.8)]
    rows: list[tuple[str | Cell, ...]] = []
    for stage in stages:
        cells = [_metric_cell((stage.get("validation") or {}).get(name)) for name in measures]
        kept = Cell("yes", "good", str(stage.get("reason") or "")) if stage.get("kept") else None
        kept = kept or Cell("no", "muted", str(stage.get("reason") or ""))
        title = Cell(stage_title(str(stage.get("name", ""))), note=str(stage.get("description") or ""))
        rows.append((title, *cells, kept, duration(stage.get("seconds"))))
    return Table(tuple(columns), tuple(rows), "Stages of training, measured on validation cases")


def _metric_cell(metric: MetricJson | None) -> Cell:
    if metric is None:
        return Cell("not computed", "muted")
    return Cell(value_text(metric), note=interval_text(metric))


def spread_text(stage: Mapping[str, Any], title: str) -> str:
    """Range and standard deviation over the members (folds, seeds) of a stage; empty for fewer than two."""
    values = [value for member in stage.get("members") or [] if (value := _reached(member)) is not None]
    if len(values) < 2:
        return ""
    mean = sum(values) / len(values)
    deviation = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
    seeds = {member.get("seed") for member in stage["members"]}
    several = f"{len(values)} members" + (f" with {len(seeds)} seeds" if len(seeds) > 1 else "")
    return (
        f"{stage_title(str(stage.get('name')))}: the {several} range from {number(min(values))} to "
        f"{number(max(values))} in {title} (mean {number(mean)}, standard deviation "
        f"{number(deviation)})."
    )


def _reached(member: Mapping[str, Any]) -> float | None:
    """The figure of one member: a metric object, or its bare value."""
    found = member.get("metric")
    value = found.get("value") if isinstance(found, Mapping) else found
    return float(value) if value is not None and is_number(value) else None


def _curves(table: pd.DataFrame, metric: str, *, step: str) -> Figure:
    columns = ("epoch", "train_loss", "validation_loss", "validation_metric")
    members = []
    groups = table.groupby("member", sort=True) if "member" in table else [("run", table)]
    for name, rows in groups:
        series = [_floats(rows, column) for column in columns]
        members.append(MemberCurve(str(name), *series))
    title, word = measure(metric).title, step.lower()
    by_heart = (
        "Validation loss that rises while training loss falls means that the network begins to learn the "
        "cases by heart; the "
    )
    judged = any(value == value for curve in members for value in curve.validation_loss)
    marked = any(value == value for curve in members for value in curve.validation_metric)
    best = f"{by_heart if judged else 'The '}dot marks the {word} with the best validated figure."
    return Figure(
        training_figure(members, metric=title, step=step, less_is_better=metric.startswith("mre")),
        f"Training curves, one line per member.{' ' + best if marked else ''}",
        f"{'Training and validation' if judged else 'Training'} loss"
        f"{f', and validated {title},' if marked else ''} over the {word}s of {len(members)} members.",
        title="Training curves",
    )


def _floats(rows: pd.DataFrame, column: str) -> list[float]:
    import pandas as pd

    if column not in rows:
        return [math.nan] * len(rows)
    numbers: list[float] = pd.to_numeric(rows[column], errors="coerce").astype(float).tolist()
    return numbers
