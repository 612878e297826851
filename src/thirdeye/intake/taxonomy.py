"""Reading a taxonomy: a table of child and parent, or the same as JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from thirdeye.case.taxonomy import Edge
from thirdeye.errors import UsageError
from thirdeye.intake.words import shown_name

BESIDE = ("taxonomy.csv", "taxonomy.json")
_WANTED = "expected CSV with the columns child,parent (and level, if you like), or JSON {parent: [children]}"


def taxonomy_beside(data: Path) -> Path | None:
    """``taxonomy.csv`` or ``taxonomy.json`` in the folder of the data; None where there is none."""
    folder = data if data.is_dir() else data.parent
    return next((folder / name for name in BESIDE if (folder / name).is_file()), None)


def read_taxonomy(path: Path) -> tuple[Edge, ...]:
    """The (child, parent, level) of a taxonomy; the level is "" where it has no name.

    JSON may say {"malignant": ["mel", "bcc"], "benign": ["nv"]} or {"mel": "malignant", ...}; under a key
    "levels" the same may stand under names: {"levels": {"malignancy": {"malignant": [...], ...}}}.

    Raises:
        UsageError: the file is not there, or is neither of the two.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"--taxonomy {shown_name(path.name)}: it cannot be read ({type(error).__name__})"
        ) from None
    edges = _from_json(text, path) if path.suffix.lower() == ".json" else _from_csv(text, path)
    if not edges:
        raise UsageError(f"--taxonomy {shown_name(path.name)}: it is empty; {_WANTED}")
    return tuple(edges)


def _from_csv(text: str, path: Path) -> list[Edge]:
    lines = [line for line in text.splitlines() if line.strip()]
    separator = "\t" if lines and "\t" in lines[0] else ";" if lines and ";" in lines[0] else ","
    rows = list(csv.DictReader(lines, delimiter=separator))
    edges = []
    for row in rows:
        cells = {str(key).strip().lower(): (value or "").strip() for key, value in row.items() if key}
        if not cells.get("child") or not cells.get("parent"):
            raise UsageError(f"--taxonomy {shown_name(path.name)}: {_WANTED}, got {list(cells)}")
        edges.append((cells["child"], cells["parent"], cells.get("level", "")))
    return edges


def _from_json(text: str, path: Path) -> list[Edge]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError(f"--taxonomy {shown_name(path.name)}: no JSON; {_WANTED}") from None
    named = content.get("levels") if isinstance(content, dict) else None
    parts = named if isinstance(named, dict) else {"": content}
    return [edge for level, part in parts.items() for edge in _edges(part, str(level), path)]


def _edges(part: Any, level: str, path: Path) -> list[Edge]:
    if not isinstance(part, dict):
        raise UsageError(f"--taxonomy {shown_name(path.name)}: {_WANTED}")
    found: list[Edge] = []
    for key, value in part.items():
        if isinstance(value, str):
            found.append((key, value, level))
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            found += [(one, key, level) for one in value]
        else:
            raise UsageError(
                f"--taxonomy {shown_name(path.name)}: '{key}' should hold a name or a list of names"
            )
    return found
