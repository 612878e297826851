"""What the values of masks mean, where a file beside them says it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.intake.table_file import read_table
from thirdeye.intake.words import listed, plain

_MOST_BYTES = 100_000
_NAMES = ("name", "class", "label", "structure", "class_name", "category")
_VALUES = ("value", "id", "index", "pixel_value", "class_id", "pixel", "grey", "gray")
_COLOURS = (("r", "g", "b"), ("red", "green", "blue"))
_TABLES = ("class_dict", "classes", "colors", "colours", "legend", "labels", "label_map", "labelmap")


def find_legend(
    folder: Path, files: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Value (or "#rrggbb") to name, from ``class_dict.csv``, ``labelmap.txt`` or ``classes.txt``.

    Returns:
        The legend, a sentence, and the file it was read from; all empty where no such file is.
    """
    for file in files:
        name, _, suffix = file.rsplit("/", 1)[-1].lower().rpartition(".")
        path = folder / file
        if plain(name) not in _TABLES or suffix not in ("csv", "txt") or path.stat().st_size > _MOST_BYTES:
            continue
        legend = _from_table(path) if suffix == "csv" else _from_text(path)
        if legend:
            shown = listed([f"{value} is {name}" for value, name in legend.items()], 12)
            return legend, (f"Values of the masks by {file}: {shown}.",), (file,)
    return {}, (), ()


def _from_table(path: Path) -> dict[str, str]:
    try:
        table = read_table(path)
    except DataRefused:
        return {}
    columns = {plain(column): column for column in table.columns}
    name = next((columns[n] for n in _NAMES if n in columns), None)
    if name is None:
        return {}
    for colour in _COLOURS:
        if all(part in columns for part in colour):
            cells = table[[columns[part] for part in colour]].to_numpy().tolist()
            values = [_hex(row) for row in cells]
            return {v: n for v, n in zip(values, table[name], strict=True) if v and n}
    value = next((columns[v] for v in _VALUES if v in columns and columns[v] != name), None)
    if value is None:
        return {}
    return {v: n for v, n in zip(table[value], table[name], strict=True) if v.isdigit() and n}


def _from_text(path: Path) -> dict[str, str]:
    """``name:r,g,b::`` a line (as CVAT writes), or ``number name``, or names alone, counted from 0."""
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    coloured = {}
    for line in lines:
        name, colour, *_ = (*line.split(":"), "")
        if value := _hex(colour.split(",")):
            coloured[value] = name
    if coloured:
        return coloured
    numbered = [line.replace(":", " ").replace(",", " ").split(maxsplit=1) for line in lines]
    if all(len(parts) == 2 and parts[0].isdigit() for parts in numbered):
        return {number: name.strip() for number, name in numbered}
    return {str(number): name for number, name in enumerate(lines)}


def _hex(cells: Sequence[str]) -> str:
    numbers = [cell.strip() for cell in cells]
    if len(numbers) != 3 or not all(n.isdigit() and int(n[:4]) < 256 for n in numbers):
        return ""
    return "#" + "".join(f"{int(n):02x}" for n in numbers)
