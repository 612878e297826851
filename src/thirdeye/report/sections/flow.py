"""The flow of the cases (STARD 2015, figure 1): found, left out, divided, read, answered, and the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thirdeye.report.cases import (
    class_count,
    cross_fitted_folds,
    excluded_reasons,
    part_count,
    patients_on_two_sides,
    rows_of,
    splits_present,
)
from thirdeye.report.document import Figure
from thirdeye.report.evidence import Evidence
from thirdeye.report.figures.flow import Branch, Station, flow_figure
from thirdeye.report.names import SPLITS, operating_point_title
from thirdeye.report.numbers import count, is_number
from thirdeye.report.sets import EvidenceSet, evidence_sets

if TYPE_CHECKING:
    import pandas as pd

_MOST_CLASSES = 8
_MOST_REASONS = 4
_MOST_EXTERNAL = 2


def case_flow(evidence: Evidence, table: pd.DataFrame) -> Figure:
    """The case flow diagram."""
    found = Station("Found", (part_count(table, "all", evidence.cluster).text,))
    parts = {part.name: part for part in evidence_sets(evidence)}
    branches = [
        _branch(evidence, _station(evidence, table, split), parts.get(split) if split == "test" else None)
        for split in splits_present(table)
        if split != "excluded"
    ]
    elsewhere = [part for part in parts.values() if part.name.startswith("external:")]
    branches += [
        _branch(evidence, _external(evidence, part), part, found=False) for part in elsewhere[:_MOST_EXTERNAL]
    ]
    return Figure(
        flow_figure(found, _excluded(table), branches),
        _caption(evidence, table, branches, len(elsewhere)),
        f"Found {found.lines[0]}. {' '.join(map(_in_words, branches))}",
        name="case_flow",
    )


def _excluded(table: pd.DataFrame) -> Station | None:
    reasons = excluded_reasons(table)
    if not reasons:
        return None
    lines = [f"{amount:,}: {reason}" for reason, amount in list(reasons.items())[:_MOST_REASONS]]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"{sum(list(reasons.values())[_MOST_REASONS:]):,}: other reasons")
    return Station(f"Excluded: {count(sum(reasons.values()), 'image')}", tuple(lines))


def _station(evidence: Evidence, table: pd.DataFrame, split: str) -> Station:
    rows = rows_of(table, split)
    folds = cross_fitted_folds(table)
    title = SPLITS[split]
    if split == "train" and folds > 1 and "validation" not in splits_present(table):
        title = f"Development, {folds} folds"
    several = evidence.several_labels
    names = () if evidence.task == "landmarks" else evidence.classes  # every image has nearly every point
    counts = {name: class_count(rows, name, multilabel=several) for name in names}
    return Station(title, (part_count(rows, split, evidence.cluster).text, *_classes(counts)))


def _external(evidence: Evidence, part: EvidenceSet) -> Station:
    n, patients = part.content.get("n"), part.content.get("n_patients")
    of = f" of {count(patients, part.cluster)}" if isinstance(patients, int) and patients != n else ""
    shown = f"{n:,} {part.units}{of}" if isinstance(n, int) else "number not recorded"
    counts = {str(name): int(k) for name, k in (part.content.get("n_by_class") or {}).items() if is_number(k)}
    return Station(f"External: {part.name.removeprefix('external:')}", (shown, *_classes(counts)))


def _classes(counts: Mapping[str, int]) -> list[str]:
    lines = [f"{amount:,} {name}" for name, amount in list(counts.items())[:_MOST_CLASSES]]
    return lines + (
        [f"and {len(counts) - _MOST_CLASSES} more classes"] if len(counts) > _MOST_CLASSES else []
    )


def _branch(evidence: Evidence, station: Station, part: EvidenceSet | None, *, found: bool = True) -> Branch:
    if part is None or not isinstance(part.content.get("n"), int):
        return Branch(station, found=found)
    steps = [Station(f"Read by the network: {part.content['n']:,}", _abstained(part))]
    if evidence.task != "binary":
        return Branch(station, (*steps, *_named(part)), found=found)
    point = next((one for one in part.points if one.get("confusion_matrix")), None)
    return Branch(station, tuple(steps), _outcomes(evidence, point) if point else (), found=found)


def _abstained(part: EvidenceSet) -> tuple[str, ...]:
    """External images left out before, and images that the reader would not have answered in use.

    What was left out of the study's own data stands on top already.
    """
    excluded = {} if part.name == "test" else part.content.get("n_excluded") or {}
    lines = [f"{n:,} left out before: {reason}" for reason, n in excluded.items() if n]
    outside = (part.content.get("within_envelope") or {}).get("n_abstained")
    if is_number(outside):
        lines.append(f"{outside:,} outside what it has seen")
    return tuple(lines)


def _outcomes(evidence: Evidence, point: Mapping[str, Any]) -> tuple[Station, ...]:
    """What the network said at the first operating point, each with what was true."""
    matrix = point["confusion_matrix"]
    names, counts = [str(name) for name in matrix.get("classes") or ()], matrix.get("counts") or []
    if len(names) != 2 or evidence.positive not in names or len(counts) != 2:
        return ()
    yes = names.index(str(evidence.positive))
    order = (yes, 1 - yes)
    stations = []
    for said, word in zip(order, ("positive", "negative"), strict=True):
        total = sum(int(counts[true][said]) for true in order)
        lines = tuple(f"{int(counts[true][said]):,} in truth {names[true]}" for true in order)
        stations.append(Station(f"Called {word}: {total:,}", lines))
    return tuple(stations)


def _named(part: EvidenceSet) -> tuple[Station, ...]:
    """For several classes: how many were named rightly."""
    matrix = part.content.get("confusion_matrix")
    counts = matrix.get("counts") if isinstance(matrix, Mapping) else None
    if not counts:
        return ()
    total, right = sum(map(sum, counts)), sum(row[i] for i, row in enumerate(counts))
    return (
        Station("Answer against the truth", (f"{right:,} named rightly", f"{total - right:,} named wrongly")),
    )


def _caption(evidence: Evidence, table: pd.DataFrame, branches: Sequence[Branch], external: int) -> str:
    text = "Case flow: how many images were found, left out, given to each part"
    if any(branch.steps for branch in branches):
        text += ", read, and how the answers stand to the truth"
    points = [one for part in evidence_sets(evidence) if part.name == "test" for one in part.points]
    if any(branch.outcomes for branch in branches) and points and is_number(points[0].get("threshold")):
        title = operating_point_title(str(points[0].get("name"))).lower()
        text += f" (at the {title}: positive at a probability of {points[0]['threshold']:.3g} or more)"
    more = (
        f" {external - _MOST_EXTERNAL} more external sets are not drawn." if external > _MOST_EXTERNAL else ""
    )
    return f"{text}. {_sides(table, evidence.cluster)}{more}"


def _sides(table: pd.DataFrame, noun: str) -> str:
    crossing = patients_on_two_sides(table)
    if crossing is None:
        return "No patient is named, so whether one lies on two sides cannot be told."
    if crossing:
        return f"Beware: {count(crossing, noun)} with images in more than one part."
    return f"No {noun} lies on two sides."


def _in_words(branch: Branch) -> str:
    boxes = (branch.part, *branch.steps, *branch.outcomes)
    return " ".join(f"{box.title}{': ' if box.lines else ''}{', '.join(box.lines)}." for box in boxes)
