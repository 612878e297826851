"""`recipes list`: the published systems and their state, without loading what would run them."""

from __future__ import annotations

from thirdeye.recipes.systems import System, systems


def recipes(state: str | None = None) -> tuple[System, ...]:
    """All systems of the literature with their state, or those in one state ("ready")."""
    return tuple(one for one in systems() if state in (None, one.state))
