"""The table of all systems and their state, as ``README.md`` beside this file shows it."""

from __future__ import annotations

from collections import Counter

from thirdeye.recipes.systems import GROUPS, STATES, System, listed

HEAD = """# Recipes

Published systems as plans or as traced runs. `thirdeye recipes list` prints this table,
`thirdeye recipes show ID` tells of one recipe, `thirdeye recipes run ID` runs it on its fixture, and
`thirdeye recipes run ID DATA` on data of your own.

This file is written by `scripts/recipes_table.py`; a test sees to it that it is up to date.
"""


def readme() -> str:
    """The whole file."""
    counts: Counter[str] = Counter(one.state for one in listed())
    states = "; ".join(f"{counts[state]} {state} ({meaning})" for state, meaning in STATES.items())
    parts = [HEAD, f"{len(listed())} systems: {states}.\n"]
    for group, where in GROUPS.items():
        chosen = [one for one in listed() if one.group == group]
        ready = sum(one.state == "ready" for one in chosen)
        parts.append(f"## Named in {where}: {ready} of {len(chosen)} ready\n")
        parts.append("| id | system | kind of decision | state |\n|---|---|---|---|")
        parts.append("\n".join(map(_row, chosen)) + "\n")
    return "\n".join(parts)


def _row(one: System) -> str:
    state = f"**{one.state}**" if one.state == "ready" else one.state
    return f"| `{one.id}` | {one.title} | {one.task} | {state} |"
