"""The states of an opinion."""

from __future__ import annotations

AWAITED = "waiting"  # it is being made
READY = "ready"  # sealed
FAILED = "failed"  # there is none; the reason is kept
