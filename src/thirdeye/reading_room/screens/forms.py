"""Answers that every screen gives."""

from __future__ import annotations

from fastapi.responses import RedirectResponse


def go_to(path: str) -> RedirectResponse:
    """Send the browser on after a form (303)."""
    return RedirectResponse(path, 303)
