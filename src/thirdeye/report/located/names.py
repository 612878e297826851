"""The tasks that say where something is, by name."""

from __future__ import annotations

LOCATED = ("segmentation", "detection", "landmarks")
