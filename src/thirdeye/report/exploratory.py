"""Operating points chosen on the cases they are judged on: called exploratory wherever they appear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHOSEN = "chosen_on_test"
MARK = "_exploratory"  # at the end of a point's name


def mark_exploratory(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """evaluation.json with such points renamed in all that speaks of them, so that no table can forget it.

    Args:
        evaluation: the content of the file; not changed.
    """
    sets = evaluation.get("sets")
    if not isinstance(sets, Mapping):
        return dict(evaluation)
    return {**evaluation, "sets": {name: _marked_set(entry) for name, entry in sets.items()}}


def _marked_set(entry: Any) -> Any:
    points = entry.get("operating_points") if isinstance(entry, Mapping) else None
    if not isinstance(points, list):
        return entry
    chosen = {p.get("name") for p in points if isinstance(p, Mapping) and p.get("origin") == CHOSEN}
    if not chosen:
        return entry
    marked = dict(_renamed(entry, chosen))
    marked["operating_points"] = [
        {**point, "name": f"{point['name']}{MARK}"} if point.get("name") in chosen else point
        for point in marked["operating_points"]
    ]
    return marked


def _renamed(tree: Any, chosen: set[Any]) -> Any:
    if isinstance(tree, Mapping):
        return {
            key: f"{value}{MARK}"
            if key == "operating_point" and isinstance(value, str) and value in chosen
            else _renamed(value, chosen)
            for key, value in tree.items()
        }
    return [_renamed(item, chosen) for item in tree] if isinstance(tree, list) else tree
