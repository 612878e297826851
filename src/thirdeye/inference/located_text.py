"""In words: what was found where, and how large it is."""

from __future__ import annotations

from collections import Counter

from thirdeye.case.opinion import Opinion
from thirdeye.case.region import Region

SHOWN_BOXES = 20
_SIZES = {"px": "area {:,.0f} pixels", "mm2": "area {} mm²", "ml": "volume {} ml"}
_LENGTHS = {"px": "pixels", "mm": "mm"}


def located_lines(opinion: Opinion) -> list[str]:
    """What an opinion without probabilities says, a line for each thing that was found."""
    lines = [region_line(region) for region in opinion.regions]
    lines += _box_lines(opinion)
    lines += [
        f"{readable(one.name)}: at column {one.x:.1f}, row {one.y:.1f} px (certainty {one.certainty:.2f})"
        for one in opinion.landmarks
    ]
    lines += [
        f"{readable(one.name)}: {number(one.value)} {_unit(one.unit)}".rstrip()
        for one in opinion.measurements
    ]
    return lines + absent_lines(opinion) if lines else [nothing(opinion)]


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
    looked = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"nothing was {verb}: the reader looked for {looked} and {verb} none"


def number(value: float) -> str:
    """Three significant digits, without an exponent and with separators."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 or value == 0 else f"{value:.2g}"


def readable(name: str) -> str:
    """A file name without anything that a terminal or a reader could take for something else."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return shown.encode("utf-8", "replace").decode("utf-8")


def _box_lines(opinion: Opinion) -> list[str]:
    if not opinion.boxes:
        return []
    counts = Counter(readable(box.name) for box in opinion.boxes)
    lines = ["found: " + ", ".join(f"{count} x {name}" for name, count in counts.items())]
    lines += [
        f"{readable(box.name)} (score {box.score:.2f}): columns {box.x_min:.0f} to {box.x_max:.0f}, "
        f"rows {box.y_min:.0f} to {box.y_max:.0f}"
        for box in opinion.boxes[:SHOWN_BOXES]
    ]
    more = len(opinion.boxes) - SHOWN_BOXES
    return [*lines, f"and {more} more, all in the JSON"] if more > 0 else lines


def _unit(unit: str) -> str:
    return {"deg": "degrees", "mm": "mm", "px": "pixels", "1": ""}[unit]
