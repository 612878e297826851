"""Answers that every screen gives."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from fastapi.responses import RedirectResponse

LARGEST = 2**31 - 1  # stores hold no larger numbers of rows
Number = Annotated[int, Path(ge=1, le=LARGEST)]  # of a row, in an address


def go_to(path: str) -> RedirectResponse:
    """Send the browser on after a form (303)."""
    return RedirectResponse(path, 303)
