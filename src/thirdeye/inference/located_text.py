"""In words: what was found where, and how large it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from thirdeye.case.marks import Measurement
from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region
from thirdeye.inference.reader_words import about, in_validation
from thirdeye.inference.wording import listed, number, readable

SHOWN_BOXES = 20
SHOWN_POINTS = 8
_SIZES = {"px": "area {:,.0f} pixels", "mm2": "area {} mm²", "ml": "volume {} ml"}
_LENGTHS = {"px": "pixels", "mm": "mm"}


def is_located(opinion: Opinion) -> bool:
    """Whether the reader says where something is; it may say besides what the case has."""
    return opinion.task in ("segmentation", "detection", "landmarks")


def located_lines(opinion: Opinion) -> list[str]:
    """What an opinion without probabilities says, a line for each thing that was found."""
    lines = [f"{region_line(region)}{_trust(opinion, region.structure)}" for region in opinion.regions]
    lines += _box_lines(opinion)
    lines += [
        f"{readable(one.name)}: {value_of(one)}" + _trust(opinion, one.name) for one in opinion.measurements
    ]
    lines += _point_lines(opinion)
    if not lines:
        return [nothing(opinion), *_trust_lines(opinion, opinion.looked_for)]
    return lines + absent_lines(opinion)


def points_line(opinion: Opinion) -> str:
    """Many points in one line: how many, and how certain the least certain ones are."""
    least = sorted(opinion.landmarks, key=lambda one: one.certainty)[:3]
    told = listed([f"{readable(one.name)} ({one.certainty:.2f})" for one in least], "and")
    return f"{len(opinion.landmarks)} points; the least certain are {told}"


def region_line(region: Region) -> str:
    """One structure with its size, its longest diameter and its pieces."""
    size, diameter = sizes_of(region)
    pieces = "" if region.pieces == 1 else f", in {region.pieces} pieces"
    return f"{readable(region.structure)}: {size}, longest diameter {diameter}{pieces}"


def sizes_of(region: Region) -> tuple[str, str]:
    """Area or volume, and the longest diameter, each with its unit."""
    size = _SIZES[region.size_unit].format(region.size if region.size_unit == "px" else number(region.size))
    return size, f"{number(region.diameter)} {_LENGTHS[region.length_unit]}"


def absent_lines(opinion: Opinion) -> list[str]:
    """What was looked for and not found, where some was."""
    found = {region.structure for region in opinion.regions} | {box.name for box in opinion.boxes}
    missing = [name for name in opinion.looked_for if name not in found]
    if not missing or not found:
        return []
    return [f"not found: {readable(', '.join(missing))}"]


def nothing(opinion: Opinion) -> str:
    """Said where nothing was found; it is an answer, not a failure."""
    names = [readable(name) for name in opinion.looked_for]
    verb = "marked" if opinion.task == "segmentation" else "found"
    if not names:
        return f"nothing was {verb}"
    return f"nothing was {verb}: the reader looked for {listed(names, 'and')} and {verb} none"


def _box_lines(opinion: Opinion) -> list[str]:
    if not opinion.boxes:
        return []
    counts = Counter(readable(box.name) for box in opinion.boxes)
    lines = ["found: " + ", ".join(f"{count} x {name}" for name, count in counts.items())]
    lines += _trust_lines(opinion, dict.fromkeys(box.name for box in opinion.boxes))
    lines += [
        f"{readable(box.name)} (score {box.score:.2f}): columns {box.x_min:.0f} to {box.x_max:.0f}, "
        f"rows {box.y_min:.0f} to {box.y_max:.0f}"
        for box in opinion.boxes[:SHOWN_BOXES]
    ]
    more = len(opinion.boxes) - SHOWN_BOXES
    return [*lines, f"and {more} more, all in the JSON"] if more > 0 else lines


def _point_lines(opinion: Opinion) -> list[str]:
    if len(opinion.landmarks) > SHOWN_POINTS:
        return [f"{points_line(opinion)}; all in the JSON"]
    return [
        f"{readable(one.name)}: at column {one.x:.1f}, row {one.y:.1f} px (certainty {one.certainty:.2f})"
        f"{_trust(opinion, one.name)}"
        for one in opinion.landmarks
    ]


def _trust(opinion: Opinion, name: str) -> str:
    """How far to trust what was found of one name, as measured on validation cases."""
    said = in_validation(about(opinion, name))
    return f" [in validation: {said}]" if said else ""


def _trust_lines(opinion: Opinion, names: Iterable[str]) -> list[str]:
    return [f"{readable(name)}{trust}" for name in names if (trust := _trust(opinion, name))]


def value_of(one: Measurement) -> str:
    """A measurement as a person says it, with the type that it falls into."""
    said = f"{number(one.value)} {unit_of(one.unit)}".rstrip()
    return said if one.type is None else f"{said}, {readable(one.type)}"


def unit_of(unit: str) -> str:
    """A unit as a person says it; "" for a ratio."""
    return {"deg": "degrees", "mm": "mm", "px": "pixels", "1": ""}[unit]
