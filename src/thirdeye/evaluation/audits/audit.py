"""What an audit finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from thirdeye.errors import UsageError

Severity = Literal["error", "warning", "info"]

IDS = (
    "clusters.unknown", "threshold.test", "test.reuse", "events", "imbalance", "prev.shift", "spectrum",
    "refstd", "calib.drift", "ood",
)  # fmt: skip


@dataclass(frozen=True)
class Audit:
    """One finding of an audit.

    Args:
        id: stable name of the rule, one of `IDS`.
        severity: "error" (the numbers are not what they seem), "warning" or "info".
        sentence: for a person.
        numbers: what the sentence rests on, JSON-ready.
    """

    id: str
    severity: Severity
    sentence: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.id not in IDS:
            raise UsageError(f"no audit is called '{self.id}'; there are {', '.join(IDS)}")

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "id": self.id, "severity": self.severity, "sentence": self.sentence, "numbers": dict(self.numbers)
        }  # fmt: skip


def put_audits(entry: dict[str, Any], audits: Iterable[Audit]) -> None:
    """Put audits into an entry of "sets", in place of earlier ones of the same id.

    The entry's warnings follow: sentences of audits that only inform are not among them, and those that are
    no audit's stay.

    Args:
        entry: from `evaluate_set`; changed.
        audits: to be put in.
    """
    new = [audit.as_json() for audit in audits]
    ids = {audit["id"] for audit in new}
    before = entry.get("audits", [])
    said = {audit["sentence"] for audit in before}
    other = [sentence for sentence in entry.get("warnings", []) if sentence not in said]
    kept = [audit for audit in before if audit["id"] not in ids]
    entry["audits"] = sorted([*kept, *new], key=lambda audit: IDS.index(audit["id"]))
    grave = [audit["sentence"] for audit in entry["audits"] if audit["severity"] != "info"]
    entry["warnings"] = [*other, *grave]
