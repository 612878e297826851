"""Answers that every screen gives."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import RedirectResponse

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]  # of a row, in an address; stores hold no larger ones


def go_to(path: str) -> RedirectResponse:
    """Send the browser on after a form (303)."""
    return RedirectResponse(path, 303)
