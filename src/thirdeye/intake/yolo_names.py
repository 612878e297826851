"""Names of YOLO's class numbers, from ``data.yaml``, ``classes.txt`` or ``obj.names``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from thirdeye.intake.reference import as_path

_MOST_BYTES = 1_000_000
_LISTED = r"(?:'[^']*'|\"[^\"]*\"|[^,'\"])+"  # parts between commas, but not those inside quotes
_ITEM = re.compile(r"^\s*(?:-\s*|(?P<number>[0-9]{1,6})\s*:\s*)(?P<name>.+?)\s*$")


def class_names(folder: Path, files: Sequence[str]) -> tuple[dict[str, str], str]:
    """Number to name, and the file that says so; both empty where none does."""
    for file in files:
        last = file.rsplit("/", 1)[-1].lower()
        path = as_path(folder, file)
        if not last.endswith((".yaml", ".yml", ".names")) and last != "classes.txt":
            continue
        if path.stat().st_size > _MOST_BYTES:
            continue
        text = path.read_text("utf-8", "replace")
        names = _from_yaml(text) if last.endswith((".yaml", ".yml")) else _from_lines(text)
        if names:
            return names, file
    return {}, ""


def _from_lines(text: str) -> dict[str, str]:
    return {str(number): line.strip() for number, line in enumerate(text.splitlines()) if line.strip()}


def _from_yaml(text: str) -> dict[str, str]:
    """The key ``names``: a list in brackets, a map in braces, or one name a line; nothing else is read."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        return {}
    rest = lines[start].split(":", 1)[1].split(" #")[0].strip()
    if rest:
        inside = rest + " ".join(_until_closed(lines[start + 1 :], rest))
        return _numbered(re.findall(_LISTED, inside.strip("[]{} ")), is_map=inside.startswith("{"))
    held: list[str] = []
    for line in lines[start + 1 :]:
        if line.strip() and not (line[0] in " -" and _ITEM.match(line)):
            break
        if line.strip():
            held.append(line)
    return _by_item(held)


def _until_closed(lines: Sequence[str], first: str) -> list[str]:
    if first.endswith(("]", "}")):
        return []
    end = next((i for i, line in enumerate(lines) if line.rstrip().endswith(("]", "}"))), len(lines) - 1)
    return [line.strip() for line in lines[: end + 1]]


def _numbered(parts: Sequence[str], *, is_map: bool) -> dict[str, str]:
    if is_map:
        pairs = [part.split(":", 1) for part in parts if ":" in part]
        return {number.strip(): _bare(name) for number, name in pairs if number.strip().isdigit()}
    return {str(number): _bare(part) for number, part in enumerate(parts) if _bare(part)}


def _by_item(lines: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in lines:
        found = _ITEM.match(line)
        if found:
            names[found["number"] or str(len(names))] = _bare(found["name"])
    return names


def _bare(text: str) -> str:
    return text.strip().strip("]}").strip().strip("'\"")
