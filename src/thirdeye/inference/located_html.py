"""What was found where, as tables, each line with how far to trust it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from thirdeye.case.marks import Box, Landmark
from thirdeye.case.opinion import Opinion
from thirdeye.inference.detection.drawing import COLOURS
from thirdeye.inference.located_text import (
    SHOWN_BOXES,
    SHOWN_POINTS,
    absent_lines,
    nothing,
    points_line,
    sizes_of,
    value_of,
)
from thirdeye.inference.opinion_card import safe
from thirdeye.inference.reader_words import about, in_validation
from thirdeye.intake.volume_picture import mask_colour

Colour = tuple[int, int, int]
ColourOf = Callable[[int], Colour]


def found_html(opinion: Opinion) -> str:
    """Tables of structures, boxes, measurements and points; or that nothing was found."""
    tables = [_measurements(opinion), _regions(opinion), _boxes(opinion), _landmarks(opinion)]
    told = "".join(table for table in tables if table)
    if not told:
        return f'<p class="answer">{safe(nothing(opinion))}</p>{_trusted(opinion, opinion.looked_for)}'
    return told + "".join(f'<p class="soft">{safe(line)}</p>' for line in absent_lines(opinion))


def _regions(opinion: Opinion) -> str:
    lines = []
    for region in opinion.regions:
        size, diameter = sizes_of(region)
        chip = _chip(opinion, region.structure, mask_colour)
        lines.append(
            [chip + safe(region.structure), safe(size), safe(diameter), str(region.pieces),
             _trust(opinion, region.structure)]
        )  # fmt: skip
    return _table(("structure", "size", "longest diameter", "pieces", "in validation"), lines)


def _boxes(opinion: Opinion) -> str:
    counts = Counter(box.name for box in opinion.boxes)
    kinds = [
        [_chip(opinion, name, _box_colour) + safe(name), str(count), _trust(opinion, name)]
        for name, count in counts.items()
    ]
    head = _table(("found", "how many", "in validation"), kinds)
    each = _table(
        ("each", "score", "columns", "rows"), [_box(box) for box in opinion.boxes[:SHOWN_BOXES]], many=True
    )
    more = len(opinion.boxes) - SHOWN_BOXES
    rest = f'<p class="soft">and {more} more, all in the JSON</p>' if more > 0 else ""
    return head + each + rest


def _box(box: Box) -> list[str]:
    return [
        safe(box.name), f"{box.score:.2f}", f"{box.x_min:.0f} to {box.x_max:.0f}",
        f"{box.y_min:.0f} to {box.y_max:.0f}",
    ]  # fmt: skip


def _measurements(opinion: Opinion) -> str:
    lines = [
        [
            f"<b>{safe(one.name)}</b>",
            f"<b>{safe(value_of(one))}</b>",
            _trust(opinion, one.name),
        ]
        for one in opinion.measurements
    ]
    return _table(("measurement", "value", "in validation"), lines)


def _landmarks(opinion: Opinion) -> str:
    lines = [_landmark(opinion, one) for one in opinion.landmarks]
    table = _table(("point", "column, row (px)", "certainty", "in validation"), lines, many=True)
    if len(lines) <= SHOWN_POINTS:
        return table
    return f"<details><summary>{safe(points_line(opinion))}</summary>{table}</details>"


def _landmark(opinion: Opinion, one: Landmark) -> list[str]:
    place = f"{one.x:.1f}, {one.y:.1f}"
    return [safe(one.name), place, f"{one.certainty:.2f}", _trust(opinion, one.name)]


def _table(names: Sequence[str], lines: Sequence[Sequence[str]], *, many: bool = False) -> str:
    """A table; without lines "", and without a last column that says nothing."""
    if not lines:
        return ""
    kept = len(names) if any(line[-1] for line in lines) else len(names) - 1
    head = "".join(f"<th>{name}</th>" for name in names[:kept])
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line[:kept]) + "</tr>" for line in lines)
    mark = ' class="many"' if many else ""
    return f"<table{mark}><tr>{head}</tr>{body}</table>"


def _trust(opinion: Opinion, name: str) -> str:
    return safe(in_validation(about(opinion, name)))


def _trusted(opinion: Opinion, names: Iterable[str]) -> str:
    lines = [[safe(name), _trust(opinion, name)] for name in names if about(opinion, name)]
    return _table(("looked for", "in validation"), lines)


def _chip(opinion: Opinion, name: str, colour: ColourOf) -> str:
    if name not in opinion.looked_for:
        return ""
    shade = colour(opinion.looked_for.index(name) + 1)
    return f'<span class="chip" style="background: rgb{shade}"></span>'


def _box_colour(place: int) -> Colour:
    red, green, blue = COLOURS[(place - 1) % len(COLOURS)]
    return red, green, blue
