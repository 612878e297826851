"""What a check says: a finding is about the data, never about a lesion in an image."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Exhibit:
    """A picture that proves a finding: a mean image, a map of where the shortcut sits.

    Args:
        caption: what can be seen.
        pixels: (H, W) or (H, W, 3) uint8.
    """

    caption: str
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class Fix:
    """One change to the table of cases that a machine can make; the data themselves are never touched.

    Args:
        image: reference.
        action: "leave_out" (the row does not appear in the new table), or "set".
        column, value: for "set": "label", "split", "patient".
        reason: in a few words.
    """

    image: str
    action: Literal["leave_out", "set"]
    reason: str
    column: str = ""
    value: str = ""


@dataclass(frozen=True)
class Finding:
    """One result of one check.

    Args:
        check: name of the check ("dup.exact").
        severity: "error" blocks training, "warning" is printed and reported, "info" is told.
        message: one or two sentences for a person.
        cases: references of the accused images or cases (complete, not shortened).
        groups: references that belong together (one list per duplicate group).
        evidence: numbers or names that prove it, JSON-ready. A table goes under "table":
            ``{"columns": [...], "rows": [[...], ...]}``; an AUC or another measure as the JSON of a
            `thirdeye.evaluation.metric.Metric`, with its interval. A sentence about one case goes under
            "about": ``{reference: sentence}``.
        remedy: what to do.
        source: where the rule comes from.
        exhibits: pictures; in JSON only their captions.
        fixes: what `thirdeye check --fix` would do about it.
    """

    check: str
    severity: Severity
    message: str
    cases: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    remedy: str = ""
    source: str = ""
    exhibits: tuple[Exhibit, ...] = ()
    fixes: tuple[Fix, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form, as `thirdeye check --json` prints it."""
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        return {
            **plain,
            "cases": list(self.cases),
            "groups": [list(group) for group in self.groups],
            "exhibits": [exhibit.caption for exhibit in self.exhibits],
            "fixes": [{part.name: getattr(fix, part.name) for part in fields(fix)} for fix in self.fixes],
        }
