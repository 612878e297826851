"""What a check says: a finding is about the data, never about a lesion in an image."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One result of one check.

    Args:
        check: name of the check ("dup.exact").
        severity: "error" blocks training, "warning" is printed and reported, "info" is told.
        message: one or two sentences for a person.
        cases: references of the accused images or cases (complete, not shortened).
        groups: references that belong together (one list per duplicate group).
        evidence: numbers or names that prove it, JSON-ready.
        remedy: what to do.
        source: where the rule comes from.
    """

    check: str
    severity: Severity
    message: str
    cases: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    remedy: str = ""
    source: str = ""

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form, as `thirdeye check --json` prints it."""
        return asdict(self)
