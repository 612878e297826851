"""Angles, distances and ratios computed from the points of one image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.cobb import cobb_angles
from thirdeye.evaluation.inputs import check_numbers
from thirdeye.evaluation.measurement_definitions import LENGTHS, Definition
from thirdeye.evaluation.measurement_types import type_of
from thirdeye.evaluation.scalars import check_number

Array = NDArray[np.float64]
FURTHEST_PX = 1e9
Line = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Derived:
    """One value.

    Args:
        name: as in `Definition.outputs`.
        value: in `unit`; None where it cannot be computed.
        unit: "deg", "mm", "px" or "1".
        lines: what it is measured between, in pixels of the image: to be drawn.
        reason: why there is no value.
        type: that the value falls into; None where the measurement has no types, or no value, or the limits
            are in mm and the size of a pixel is not known.
    """

    name: str
    value: float | None
    unit: str
    lines: tuple[Line, ...] = ()
    reason: str | None = None
    type: str | None = None


def derive(
    definitions: Sequence[Definition],
    names: Sequence[str],
    points: Any,
    *,
    height: Any,
    mm_per_px: tuple[float, float] | None = None,
) -> list[Derived]:
    """Every value of every definition.

    Args:
        definitions: what to measure.
        names: of the landmarks, in the order of `points`.
        points: (p, 2) x and y in pixels; NaN where a landmark was not found.
        height: of the image in pixels.
        mm_per_px: size of a pixel along x and y; None where unknown: distances are in pixels then, and
            angles hold for square pixels.

    Returns:
        One `Derived` per output, in order; without a value where a point is missing or lines have no length.

    Raises:
        UsageError: not one place for each name, or a definition names a landmark that is not among them.
        DataRefused: a point beyond `FURTHEST_PX`.
    """
    places = check_numbers("points", points)
    if places.shape != (len(names), 2):
        raise UsageError(f"expected x and y of {len(names)} landmarks, got an array of {places.shape}")
    where = {name: places[row] for row, name in enumerate(names)}
    if (np.abs(places) > FURTHEST_PX).any():
        raise DataRefused(f"a point lies beyond {FURTHEST_PX:g} pixels; one that was not found is NaN")
    pixel = mm_per_px or (1.0, 1.0)
    scale = np.array([check_number("mm per pixel", side, 0, inside=True) for side in pixel])
    tall = check_number("the height", height, 0, inside=True)
    known = mm_per_px is not None
    return [
        _typed(definition, one)
        for definition in definitions
        for one in _derived(definition, where, scale, tall, known)
    ]


def _typed(definition: Definition, one: Derived) -> Derived:
    """With the type of its value, where limits are in the unit of the value."""
    fits = not definition.is_length or definition.types_unit == one.unit
    if one.value is None or not definition.types or not fits:
        return one
    return replace(one, type=type_of(one.value, definition.types))


def _derived(
    definition: Definition, where: dict[str, Array], scale: Array, height: float, has_spacing: bool
) -> list[Derived]:
    unit = definition.unit(has_spacing=has_spacing)
    unknown = [name for name in definition.used if name not in where]
    if unknown:
        raise UsageError(f"'{definition.name}' needs the landmark '{unknown[0]}', which is not there")
    lost = [name for name in definition.used if not np.isfinite(where[name]).all()]
    if lost:
        return _undefined(definition, unit, _missing(lost))
    if definition.kind == "cobb_3":
        return _cobb(definition, where, scale, height)
    if definition.kind == "sum":
        return [_sum(definition, where, scale, unit, has_spacing)]
    lines = _lines_of(definition, where)
    vectors = [(np.subtract(end, start)) * scale for start, end in lines]
    lengths = [float(np.linalg.norm(vector)) for vector in vectors]
    if definition.kind in LENGTHS:
        value = lengths[0] * _side(vectors[0], definition.towards)
        return [Derived(definition.name, value, unit, _shown(lines))]
    if definition.kind == "ratio":
        if lengths[1] <= 0:
            return _undefined(definition, unit, "the second line has no length")
        return [Derived(definition.name, lengths[0] / lengths[1], unit, _shown(lines))]
    if min(lengths) <= 0:
        return _undefined(definition, unit, "two points that make a line are one place")
    if definition.kind == "signed_angle":
        return [Derived(definition.name, _turned(*vectors), unit, _shown(lines))]
    angle, pair = _largest(np.array(vectors) / np.array(lengths)[:, None])
    return [Derived(definition.name, angle, unit, _shown([lines[i] for i in pair]))]


def _sum(
    definition: Definition, where: dict[str, Array], scale: Array, unit: str, has_spacing: bool
) -> Derived:
    """The terms added up; without a value where one of them has none."""
    found = [
        (sign, one)
        for sign, term in definition.terms
        for one in _derived(replace(term, name=definition.name), where, scale, 1.0, has_spacing)
    ]
    total, lines = 0.0, []
    for sign, one in found:
        if one.value is None:
            return replace(one, lines=())
        total += sign * one.value
        lines += [line for line in one.lines if line not in lines]
    return Derived(definition.name, total, unit, tuple(lines))


def _side(vector: Array, towards: str) -> int:
    """1 or -1: whether a vector points towards a side of the image; 1 of a distance without a sign."""
    if not towards:
        return 1
    along = vector[0] if towards in ("left", "right") else vector[1]
    forward = along >= 0 if towards in ("right", "down") else along <= 0
    return 1 if forward else -1


def _turned(first: Array, second: Array) -> float:
    """Degrees by which the second is turned clockwise from the first as one sees the image (y goes down)."""
    sine = first[0] * second[1] - first[1] * second[0]
    return float(np.degrees(np.arctan2(sine, first @ second)))


def _lines_of(definition: Definition, where: dict[str, Array]) -> list[tuple[Array, Array]]:
    if definition.kind == "angle_at_point":
        one, middle, other = (where[name] for name in definition.points)
        return [(middle, one), (middle, other)]
    if definition.kind in LENGTHS:
        return [(where[definition.points[0]], where[definition.points[1]])]
    return [(where[start], where[end]) for start, end in definition.lines]


def _largest(units: Array) -> tuple[float, tuple[int, int]]:
    """The largest angle between two of the lines, in degrees, and which two."""
    first, second = np.triu_indices(len(units), 1)
    sines = units[first, 0] * units[second, 1] - units[first, 1] * units[second, 0]
    angles = np.degrees(np.arctan2(np.abs(sines), (units[first] * units[second]).sum(axis=1)))
    best = int(angles.argmax())
    return float(angles[best]), (int(first[best]), int(second[best]))


def _cobb(definition: Definition, where: dict[str, Array], scale: Array, height: float) -> list[Derived]:
    corners = np.array([where[name] for name in definition.points]) * scale
    try:
        found = cobb_angles(corners, height=height * scale[1])
    except DataRefused as error:
        return _undefined(definition, "deg", str(error))
    return [
        Derived(
            name, degrees, "deg", _shown([(ends[0], ends[1]) for ends in found.lines[list(pair)] / scale])
        )
        for name, degrees, pair in zip(definition.outputs, found.degrees, found.pairs, strict=True)
    ]


def _missing(lost: list[str]) -> str:
    return f"{lost[0]} is missing" if len(lost) == 1 else f"{lost[0]} and {len(lost) - 1} more are missing"


def _undefined(definition: Definition, unit: str, reason: str) -> list[Derived]:
    return [Derived(name, None, unit, (), reason) for name in definition.outputs]


def _shown(lines: Sequence[tuple[Array, ...]]) -> tuple[Line, ...]:
    return tuple(((float(start[0]), float(start[1])), (float(end[0]), float(end[1]))) for start, end in lines)
