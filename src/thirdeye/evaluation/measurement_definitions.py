"""What is measured from landmarks, as a person writes it down in ``measurements.json``."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from thirdeye.errors import UsageError
from thirdeye.evaluation.cobb import CORNERS, FEWEST_VERTEBRAE
from thirdeye.evaluation.landmark_names import data_names
from thirdeye.evaluation.measurement_types import MeasuredType, read_types

MEASUREMENTS_SCHEMA_VERSION = 1
Kind = Literal[
    "angle_at_point", "angle_between_lines", "signed_angle", "largest_angle", "distance", "signed_distance",
    "ratio", "cobb_3", "sum",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
COBB_NAMES = ("1", "2", "3")
LENGTHS = ("distance", "signed_distance")
TOWARDS = ("right", "left", "down", "up")
_POINTS = {"angle_at_point": 3, "distance": 2, "signed_distance": 2}
_LINES = {"angle_between_lines": 2, "signed_angle": 2, "ratio": 2, "largest_angle": None}
_NO_TERMS = ("cobb_3", "sum")
_FIELDS = {"name", "kind", "points", "lines", "terms", "towards", "types", "types_unit", "column", "columns"}
_TERM_FIELDS = {"kind", "points", "lines", "towards", "minus"}


@dataclass(frozen=True)
class Definition:
    """One thing to measure.

    Args:
        name: what it is called.
        kind: "angle_at_point" (at the second of three points), "angle_between_lines" (0 to 180, lines have a
            direction), "signed_angle" (-180 to 180, above 0 where the second line is turned clockwise from
            the first as one sees the image), "largest_angle" (between any two of the lines), "distance",
            "signed_distance" (above 0 where the second point lies `towards` a side from the first), "ratio"
            (length of the first line over that of the second), "cobb_3" (four corners of each vertebra, see
            `cobb_angles`), "sum" (of `terms`).
        points: names of landmarks, for the kinds that take points.
        lines: pairs of names, for the kinds that take lines.
        columns: columns of the data's table with the value that a clinician gave, one for each of `outputs`;
            empty where there is none.
        terms: of a sum: 1 or -1, and what is added or taken away; of one unit.
        towards: of a signed distance, one of `TOWARDS`.
        types: that the value falls into, from the smallest values to the largest; empty where there are none.
        types_unit: of the limits where a length is measured: "mm" or "px".
    """

    name: str
    kind: Kind
    points: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    terms: tuple[tuple[int, Definition], ...] = ()
    towards: str = ""
    types: tuple[MeasuredType, ...] = ()
    types_unit: str = "mm"

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the values that come out: three of "cobb_3", else one."""
        return tuple(f"{self.name} {n}" for n in COBB_NAMES) if self.kind == "cobb_3" else (self.name,)

    @property
    def used(self) -> tuple[str, ...]:
        """Landmarks that it needs."""
        below = (name for _, term in self.terms for name in term.used)
        return tuple(dict.fromkeys((*self.points, *(name for line in self.lines for name in line), *below)))

    @property
    def is_length(self) -> bool:
        """Whether the value is in mm or pixels."""
        return self.terms[0][1].is_length if self.terms else self.kind in LENGTHS

    def unit(self, *, has_spacing: bool) -> str:
        """ "deg", "1", or of a length "mm" where the spacing is known and "px" where not."""
        if self.terms:
            return self.terms[0][1].unit(has_spacing=has_spacing)
        if self.kind in LENGTHS:
            return "mm" if has_spacing else "px"
        return "1" if self.kind == "ratio" else "deg"

    def with_names(self, called: Mapping[str, str]) -> Definition:
        """The same with each landmark's name replaced."""
        return replace(
            self,
            points=tuple(called[name] for name in self.points),
            lines=tuple((called[start], called[end]) for start, end in self.lines),
            terms=tuple((sign, term.with_names(called)) for sign, term in self.terms),
        )

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        written: dict[str, Any] = {"name": self.name, "kind": self.kind, **self._parts()}
        if self.types:
            written["types"] = [one.as_json() for one in self.types]
        if self.types and self.types_unit != "mm":
            written["types_unit"] = self.types_unit
        if self.columns:
            written |= (
                {"columns": list(self.columns)} if len(self.columns) > 1 else {"column": self.columns[0]}
            )
        return written

    def _parts(self) -> dict[str, Any]:
        """What it is measured from."""
        minus = {1: {}, -1: {"minus": True}}
        parts = {
            "points": list(self.points),
            "towards": self.towards,
            "lines": [list(line) for line in self.lines],
            "terms": [{"kind": term.kind, **term._parts(), **minus[sign]} for sign, term in self.terms],
        }
        return {name: value for name, value in parts.items() if value}


def definitions_as_json(definitions: Sequence[Definition]) -> dict[str, Any]:
    """The content of ``measurements.json``."""
    return {"version": MEASUREMENTS_SCHEMA_VERSION, "measurements": [one.as_json() for one in definitions]}


def read_definitions(content: Any, names: Sequence[str], *, source: str) -> tuple[Definition, ...]:
    """Definitions from the content of a file, checked against the landmarks that there are.

    Args:
        content: what the JSON file holds.
        names: landmarks of the data, in their order.
        source: name of the file, for messages.

    Returns:
        With the names of the data, also where the file has its own ("landmarks", see `data_names`).

    Raises:
        UsageError: the file is no list of measurements, or one of them names a kind, a field or a landmark
            that does not exist; the message lists those that do.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("measurements"), list):
        raise UsageError(f'{source}: expected {{"version": 1, "measurements": [...]}}')
    if content.get("version", 1) != MEASUREMENTS_SCHEMA_VERSION:
        raise UsageError(f"{source}: version {content['version']!r} is not known; expected 1")
    called = {name: name for name in names}
    if "landmarks" in content:
        called |= data_names(content["landmarks"], names, source=source)
    found = [
        _definition(one, tuple(called), f"{source}, measurement {n + 1}").with_names(called)
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
    _refuse_unknown(given, _FIELDS, where)
    made = replace(_measured(given, kind, names, where), name=str(given["name"]).strip())
    made = replace(made, columns=_columns(given, made, where))
    return _with_types(given, made, where)


def _refuse_unknown(given: Mapping[str, Any], known: Collection[str], where: str) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise UsageError(f"{where}: field '{unknown[0]}' is not known; there are {', '.join(sorted(known))}")


def _measured(given: Mapping[str, Any], kind: Any, names: Sequence[str], where: str) -> Definition:
    """What is measured between which points, without a name."""
    takes = "terms" if kind == "sum" else "lines" if kind in _LINES else "points"
    wrong = next((one for one in ("points", "lines", "terms") if one in given and one != takes), None)
    if wrong is not None:
        raise UsageError(f"{where}: {kind} takes '{takes}', not '{wrong}'")
    return Definition(
        "", kind, _points(given, kind, names, where), _lines(given, kind, names, where),
        terms=_terms(given, names, where) if kind == "sum" else (), towards=_towards(given, kind, where),
    )  # fmt: skip


def _terms(
    given: Mapping[str, Any], names: Sequence[str], where: str
) -> tuple[tuple[int, Definition], ...]:  # fmt: skip
    """What is added up."""
    terms = given.get("terms")
    if not isinstance(terms, list) or len(terms) < 2 or not all(isinstance(one, Mapping) for one in terms):
        raise UsageError(
            f'{where}: sum takes two or more terms, each as {{"kind": ..., "lines": ...}}, got {terms!r}'
        )
    found = [_term(one, names, f"{where}, term {number + 1}") for number, one in enumerate(terms)]
    units = {term.unit(has_spacing=True) for _, term in found}
    if len(units) > 1:
        raise UsageError(f"{where}: the terms of a sum are of one unit; these are in {sorted(units)}")
    return tuple(found)


def _term(given: Mapping[str, Any], names: Sequence[str], where: str) -> tuple[int, Definition]:
    kind, allowed = given.get("kind"), [one for one in KINDS if one not in _NO_TERMS]
    if kind not in allowed:
        raise UsageError(f"{where}: kind {kind!r} is no term; there are {', '.join(allowed)}")
    _refuse_unknown(given, _TERM_FIELDS, where)
    if not isinstance(given.get("minus", False), bool):
        raise UsageError(f"{where}: minus is true or false, not {given['minus']!r}")
    return -1 if given.get("minus") else 1, _measured(given, kind, names, where)


def _towards(given: Mapping[str, Any], kind: str, where: str) -> str:
    if kind != "signed_distance":
        if "towards" in given:
            raise UsageError(f"{where}: 'towards' belongs to signed_distance; {kind} has none")
        return ""
    if given.get("towards") not in TOWARDS:
        sides = ", ".join(TOWARDS)
        raise UsageError(
            f"{where}: signed_distance is above 0 'towards' {sides}; got {given.get('towards')!r}"
        )
    return str(given["towards"])


def _with_types(given: Mapping[str, Any], made: Definition, where: str) -> Definition:
    """With the types of its value, where there are any."""
    unit = given.get("types_unit", "mm")
    if "types" not in given:
        if "types_unit" in given:
            raise UsageError(f"{where}: 'types_unit' goes with 'types', which it does not have")
        return made
    if len(made.outputs) > 1:
        raise UsageError(f"{where}: {made.kind} gives {len(made.outputs)} values; types belong to one")
    if unit not in ("mm", "px") or ("types_unit" in given and not made.is_length):
        raise UsageError(f"{where}: types_unit is 'mm' or 'px', of a length; got {unit!r} of {made.kind}")
    return replace(made, types=read_types(given["types"], where), types_unit=unit)


def _points(given: Mapping[str, Any], kind: str, names: Sequence[str], where: str) -> tuple[str, ...]:
    if kind in _LINES or kind == "sum":
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
