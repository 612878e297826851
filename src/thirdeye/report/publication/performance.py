"""Table 2 and Table S4: diagnostic performance on every part that was measured."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from thirdeye.intake.words import word_set
from thirdeye.report.evidence import Evidence
from thirdeye.report.located.tasks import located_words
from thirdeye.report.names import OPERATING_POINTS, measure, method_title, operating_point_title, title_in
from thirdeye.report.numbers import MetricJson, count, has_value, is_number, number, short_text
from thirdeye.report.publication.table import JournalRow, JournalTable, columns, group, notes, row
from thirdeye.report.sets import EvidenceSet, evidence_sets, prevalence_of

_LAST = ("accuracy",)
_MAIN = word_set(
    """
    auc average_precision auc_macro brier calibration_intercept calibration_slope expected_over_observed
    sensitivity specificity ppv npv lr_pos lr_neg balanced_accuracy accuracy quadratic_kappa
    mean_absolute_error
    """
)


def performance_table(evidence: Evidence) -> JournalTable | None:
    """Table 2: the measures that a paper's main text needs, overall and at every operating point."""
    return _table(evidence, _MAIN)


def all_measures_table(evidence: Evidence) -> JournalTable | None:
    """Table S4: everything that was measured."""
    table = _table(evidence, None)
    if table is None:
        return None
    title = "Every measure of the network (value with 95% interval)"
    return replace(table, name="tableS4_all_measures", number="S4", title=title)


def _table(evidence: Evidence, kept: Collection[str] | None) -> JournalTable | None:
    parts = evidence_sets(evidence)
    if not parts:
        return None
    width = 1 + len(parts)
    shown = [metric for part in parts for metric in part.metrics if not metric.get("class")]
    words = located_words(evidence.task)
    shown = [
        m for m in shown
        if kept is None or m.get("name") in kept or (words is not None and words.is_headline(m.get("name")))
    ]  # fmt: skip
    overall = _names(metric for metric in shown if not metric.get("operating_point"))
    lines = [_sizes(parts)]
    located = located_words(evidence.task)
    together = f"All {located.nouns} together" if located else "All classes together"
    lines += [group("Without a threshold" if evidence.task == "binary" else together, width)]
    lines += [_line(name, parts, None) for name in overall]
    for point in _points(parts):
        lines.append(group(_point_heading(parts, point), width))
        names = _names(metric for metric in shown if metric.get("operating_point") == point)
        lines += [_line(name, parts, point) for name in names]
    return JournalTable(
        "table2_performance",
        "2",
        "Diagnostic performance of the network (value with 95% interval)",
        columns("Measure", *(part_title(part) for part in parts)),
        tuple(lines),
        notes(_performance_notes(evidence, parts, shown)),
    )


def part_title(part: EvidenceSet) -> str:
    """How a part heads its column."""
    if part.name.startswith("external:"):
        return f"External: {part.name.removeprefix('external:')}"
    return {"test": "Test part", "validation": "Validation cases"}.get(part.name, part.name.capitalize())


def cell(metric: MetricJson | None) -> str:
    """Value and interval; ``not computed``, or ``undefined`` with its reason among the notes."""
    if metric is None:
        return "not computed"
    if not has_value(metric) and metric.get("value") not in ("inf", "-inf"):
        return "undefined"
    dagger = " †" if metric.get("status") in ("unstable", "degenerate") else ""
    return short_text(metric) + dagger


def _performance_notes(
    evidence: Evidence, parts: Sequence[EvidenceSet], metrics: Sequence[MetricJson]
) -> list[str]:
    """How the intervals were made, what is undefined and why, and at which prevalence."""
    lines = []
    for part in parts:
        prevalence = prevalence_of(part) if evidence.task == "binary" else None
        if prevalence is not None:
            lines.append(
                f"{part_title(part)}: prevalence of “{evidence.positive}” "
                f"{number(prevalence, percent=True)}; predictive values hold for it only."
            )
    lines += [_methods(metrics, evidence.drawn_by), *undefined_notes(metrics)]
    if any(part.name == "validation" for part in parts):
        lines.append(
            "Thresholds, calibration and stages were chosen on the validation cases, so their figures lean "
            "to the favourable side."
        )
    return lines


def undefined_notes(metrics: Iterable[MetricJson]) -> list[str]:
    """Why a measure is undefined, and what the dagger says."""
    listed = list(metrics)
    lines = [
        f"{measure(str(m.get('name'))).title} undefined: {m.get('reason') or 'no reason recorded'}."
        for m in listed
        if not has_value(m) and m.get("value") not in ("inf", "-inf")
    ]
    if any(m.get("status") in ("unstable", "degenerate") for m in listed):
        lines.insert(0, "† rests on few cases, or on cases that do not vary.")
    return list(dict.fromkeys(lines))


def _methods(metrics: Sequence[MetricJson], cluster: str) -> str:
    by_method: dict[str, list[str]] = {}
    for metric in metrics:
        if metric.get("ci_method"):
            titles = by_method.setdefault(method_title(metric["ci_method"], cluster), [])
            titles.append(measure(str(metric.get("name"))).title)
    listed = "; ".join(
        f"{method} ({', '.join(dict.fromkeys(titles))})" for method, titles in by_method.items()
    )
    return f"Intervals by {listed}." if listed else ""


def _sizes(parts: Sequence[EvidenceSet]) -> JournalRow:
    return row("Cases", *(_size(part) for part in parts))


def _size(part: EvidenceSet) -> str:
    n, patients = part.content.get("n"), part.content.get("n_patients")
    shown = f"{n:,} {part.units}" if is_number(n) else "not recorded"
    if isinstance(patients, int) and patients != n:
        shown += f" of {count(patients, part.cluster)}"
    return shown


def _names(metrics: Iterable[MetricJson]) -> list[str]:
    names = dict.fromkeys(str(metric.get("name")) for metric in metrics)
    return sorted(names, key=_LAST.__contains__)


def _points(parts: Sequence[EvidenceSet]) -> list[str]:
    names = (
        str(point.get("name"))
        for part in parts
        for point in part.points
        if part.of_point(str(point.get("name")))
    )
    return list(dict.fromkeys(names))


def _point_heading(parts: Sequence[EvidenceSet], name: str) -> str:
    thresholds = {
        f"{point['threshold']:.4g}"
        for part in parts
        for point in part.points
        if point.get("name") == name and is_number(point.get("threshold"))
    }
    meaning = OPERATING_POINTS.get(name, ("", ""))[1]
    at = f": probability of {' or '.join(sorted(thresholds))} or more" if thresholds else ""
    return operating_point_title(name) + at + (f" ({meaning})" if meaning else "")


def _line(name: str, parts: Sequence[EvidenceSet], point: str | None) -> JournalRow:
    title = title_in(name, parts[0].content.get("length_unit"))
    return row(title, *(cell(part.metric(name, point=point)) for part in parts), indent=True)
