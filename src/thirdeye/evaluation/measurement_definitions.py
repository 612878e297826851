"""What is measured from landmarks, as a person writes it down in ``measurements.json``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from thirdeye.errors import UsageError
from thirdeye.evaluation.cobb import CORNERS, FEWEST_VERTEBRAE

MEASUREMENTS_SCHEMA_VERSION = 1
Kind = Literal["angle_at_point", "angle_between_lines", "largest_angle", "distance", "ratio", "cobb_3"]
KINDS: tuple[str, ...] = get_args(Kind)
COBB_NAMES = ("1", "2", "3")
_POINTS = {"angle_at_point": 3, "distance": 2}
_LINES = {"angle_between_lines": 2, "ratio": 2, "largest_angle": None}
_FIELDS = {"name", "kind", "points", "lines", "column", "columns"}


@dataclass(frozen=True)
class Definition:
    """One thing to measure.

    Args:
        name: what it is called.
        kind: "angle_at_point" (at the second of three points), "angle_between_lines" (0 to 180, lines have a
            direction), "largest_angle" (between any two of the lines), "distance", "ratio" (length of the
            first line over that of the second), "cobb_3" (four corners of each vertebra, see `cobb_angles`).
        points: names of landmarks, for the kinds that take points.
        lines: pairs of names, for the kinds that take lines.
        columns: columns of the data's table with the value that a clinician gave, one for each of `outputs`;
            empty where there is none.
    """

    name: str
    kind: Kind
    points: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the values that come out: three of "cobb_3", else one."""
        return tuple(f"{self.name} {n}" for n in COBB_NAMES) if self.kind == "cobb_3" else (self.name,)

    @property
    def used(self) -> tuple[str, ...]:
        """Landmarks that it needs."""
        return tuple(dict.fromkeys((*self.points, *(name for line in self.lines for name in line))))

    def unit(self, *, has_spacing: bool) -> str:
        """ "deg", "1", or of a distance "mm" where the spacing is known and "px" where not."""
        if self.kind == "distance":
            return "mm" if has_spacing else "px"
        return "1" if self.kind == "ratio" else "deg"

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        written: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.points:
            written["points"] = list(self.points)
        if self.lines:
            written["lines"] = [list(line) for line in self.lines]
        if self.columns:
            written |= (
                {"columns": list(self.columns)} if len(self.columns) > 1 else {"column": self.columns[0]}
            )
        return written


def definitions_as_json(definitions: Sequence[Definition]) -> dict[str, Any]:
    """The content of ``measurements.json``."""
    return {"version": MEASUREMENTS_SCHEMA_VERSION, "measurements": [one.as_json() for one in definitions]}


def read_definitions(content: Any, names: Sequence[str], *, source: str) -> tuple[Definition, ...]:
    """Definitions from the content of a file, checked against the landmarks that there are.

    Args:
        content: what the JSON file holds.
        names: landmarks of the data, in their order.
        source: name of the file, for messages.

    Raises:
        UsageError: the file is no list of measurements, or one of them names a kind, a field or a landmark
            that does not exist; the message lists those that do.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("measurements"), list):
        raise UsageError(f'{source}: expected {{"version": 1, "measurements": [...]}}')
    if content.get("version", 1) != MEASUREMENTS_SCHEMA_VERSION:
        raise UsageError(f"{source}: version {content['version']!r} is not known; expected 1")
    found = [
        _definition(one, names, f"{source}, measurement {n + 1}")
        for n, one in enumerate(content["measurements"])
    ]
    outputs = [output for one in found for output in one.outputs]
    twice = next((name for name in outputs if outputs.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"{source}: two measurements are called '{twice}'; give each a name of its own")
    return tuple(found)


def _definition(given: Any, names: Sequence[str], where: str) -> Definition:
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str) or not given["name"].strip():
        raise UsageError(f'{where}: expected {{"name": ..., "kind": ...}} with a name that is not empty')
    where = f"{where} ('{given['name']}')"
    kind = given.get("kind")
    if kind not in KINDS:
        raise UsageError(f"{where}: kind {kind!r} is not known; there are {', '.join(KINDS)}")
    unknown = sorted(set(given) - _FIELDS)
    if unknown:
        raise UsageError(
            f"{where}: field '{unknown[0]}' is not known; there are {', '.join(sorted(_FIELDS))}"
        )
    field, instead = ("points", "lines") if kind in _LINES else ("lines", "points")
    if field in given:
        raise UsageError(f"{where}: {kind} takes '{instead}', not '{field}'")
    points, lines = _points(given, kind, names, where), _lines(given, kind, names, where)
    made = Definition(str(given["name"]).strip(), kind, points, lines)
    return replace(made, columns=_columns(given, made, where))


def _points(given: Mapping[str, Any], kind: str, names: Sequence[str], where: str) -> tuple[str, ...]:
    if kind in _LINES:
        return ()
    if kind == "cobb_3":
        chosen = _names(given.get("points", list(names)), names, f"{where}, points")
        if len(chosen) % CORNERS or len(chosen) < CORNERS * FEWEST_VERTEBRAE:
            raise UsageError(
                f"{where}: cobb_3 takes the four corners of {FEWEST_VERTEBRAE} vertebrae or more, from the "
                f"top; got {len(chosen)} points"
            )
        return chosen
    chosen = _names(given.get("points"), names, f"{where}, points")
    if len(chosen) != _POINTS[kind] or len(set(chosen)) != len(chosen):
        raise UsageError(f"{where}: {kind} takes {_POINTS[kind]} different points, got {list(chosen)}")
    return chosen


def _lines(
    given: Mapping[str, Any], kind: str, names: Sequence[str], where: str
) -> tuple[tuple[str, str], ...]:
    if kind not in _LINES:
        return ()
    lines, wanted = given.get("lines"), _LINES[kind]
    if not isinstance(lines, list) or len(lines) < 2 or (wanted is not None and len(lines) != wanted):
        raise UsageError(
            f"{where}: {kind} takes {'two' if wanted else 'two or more'} lines, each a pair of points "
            f'([["a", "b"], ["c", "d"]]), got {lines!r}'
        )
    found = []
    for number, line in enumerate(lines):
        ends = _names(line, names, f"{where}, line {number + 1}")
        if len(ends) != 2 or ends[0] == ends[1]:
            raise UsageError(f"{where}, line {number + 1}: a line is two different points, got {line!r}")
        found.append((ends[0], ends[1]))
    return tuple(found)


def _names(given: Any, names: Sequence[str], where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise UsageError(f"{where}: expected a list of names of landmarks, got {given!r}")
    for name in given:
        if name not in names:
            raise UsageError(f"{where}: there is no landmark '{name}'{_near(name, names)}")
    return tuple(given)


def _near(name: str, names: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    shown = [f"'{one}'" for one in names[:12]]
    rest = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{hint} The data have {', '.join(shown)}{rest}"


def _columns(given: Mapping[str, Any], made: Definition, where: str) -> tuple[str, ...]:
    columns = given.get("columns", [given["column"]] if "column" in given else [])
    if not isinstance(columns, list) or not all(isinstance(name, str) and name for name in columns):
        raise UsageError(f"{where}: expected names of columns of the data's table, got {columns!r}")
    if columns and len(columns) != len(made.outputs):
        raise UsageError(
            f"{where}: {made.kind} gives {len(made.outputs)} value(s), {len(columns)} column(s) are named"
        )
    return tuple(columns)
