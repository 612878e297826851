"""Names of classes as a person writes them down: a table or JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from thirdeye.case.names import LANGUAGES, ClassNames, checked
from thirdeye.errors import UsageError
from thirdeye.intake.words import shown_name

_CLASS = ("class", "code", "label")
_WANTED = (
    'expected CSV with the columns class,name (and fr, if you like), or JSON {"mel": "melanoma"} or '
    '{"mel": {"en": "melanoma", "fr": "mélanome"}}'
)


def read_names(path: Path) -> ClassNames:
    """The names in a file.

    Args:
        path: CSV (commas, semicolons, tabs) with the columns ``class``, ``name`` or ``en``, and ``fr``; JSON.

    Raises:
        UsageError: it cannot be read, is neither of the two, names a class twice, or a name is none.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(path, f"it cannot be read ({type(error).__name__})") from None
    found = _from_json(text, path) if path.suffix.lower() == ".json" else _from_csv(text, path)
    if not found:
        raise _refused(path, f"it is empty; {_WANTED}")
    return ClassNames(checked(found), f"given in {shown_name(path.name)}")


def _from_json(text: str, path: Path) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(path, f"no JSON; {_WANTED}") from None
    if isinstance(content, dict) and isinstance(content.get("names"), dict):
        content = content["names"]  # as a study keeps them
    if not isinstance(content, dict):
        raise _refused(path, _WANTED)
    return content


def _from_csv(text: str, path: Path) -> dict[str, Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    separator = next((one for one in ("\t", ";") if lines and one in lines[0]), ",")
    found: dict[str, Any] = {}
    for row in csv.DictReader(lines, delimiter=separator):
        cells = {str(key).strip().lower(): str(value or "").strip() for key, value in row.items() if key}
        name = next((cells[one] for one in _CLASS if cells.get(one)), None)
        said = {one: cells[one] for one in LANGUAGES if cells.get(one)}
        if cells.get("name"):
            said["en"] = cells["name"]
        if name is None or not said:
            raise _refused(path, f"{_WANTED}, got the columns {', '.join(cells)}")
        if name in found:
            raise _refused(path, f"the class '{name}' is named twice")
        found[name] = said
    return found


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"names of classes, {shown_name(path.name)}: {why}")
