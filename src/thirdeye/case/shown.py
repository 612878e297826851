"""How an opinion looks in a notebook: opinions know no pages, so whoever opens a reader says who paints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Painter = Callable[[Any], str]
_PAINTERS: dict[str, Painter] = {}


def paint_with(model: str, painter: Painter) -> None:
    """Let `painter` make the HTML of opinions of a model, in place of an earlier painter.

    Args:
        model: SHA-256 of its network.
        painter: an opinion to a piece of HTML.
    """
    _PAINTERS[model] = painter


def painter_of(model: str | None) -> Painter | None:
    """Who paints opinions of a model; None where nobody does."""
    return None if model is None else _PAINTERS.get(model)
