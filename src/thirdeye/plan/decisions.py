"""What every plan is: values, each with its reason and with who chose it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

PLAN_SCHEMA_VERSION = 1
_ABOUT = ("reasons", "chosen_by")
_SHARED = ("budget_s", "seed")


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """The part that all plans share.

    Args:
        reasons: field name to why it has its value.
        chosen_by: field name to "rule" or "user".
        budget_s: seconds that the run may take.
        seed: of everything random.
    """

    budget_s: float
    seed: int
    reasons: Mapping[str, str]
    chosen_by: Mapping[str, str]

    def values(self) -> dict[str, Any]:
        """Field name to value, without the reasons; what all plans share comes last."""
        own = [f.name for f in fields(self) if f.name not in (*_ABOUT, *_SHARED)]
        return {name: getattr(self, name) for name in (*own, *_SHARED)}

    def as_json(self) -> dict[str, Any]:
        """The form of ``plan.json``: every value beside its reason."""
        return {
            "version": PLAN_SCHEMA_VERSION,
            "values": {
                name: {
                    "value": value,
                    "reason": self.reasons.get(name, ""),
                    "chosen_by": self.chosen_by.get(name, "rule"),
                }
                for name, value in self.values().items()
            },
        }
