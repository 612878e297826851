"""What became of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["written", "quarantined", "left_out", "repeated"]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Outcome:
    """One file of the source.

    Args:
        status: "written"; "quarantined" (its header is clean, its pixels wait for a person); "left_out"
            (nothing of it was written); "repeated" (the same object was written from another file).
        kind: "DICOM", "PNG", "JPEG", "TIFF", "NIfTI", or "" where it is none of these.
        written: path below the destination or the quarantine folder, "" where nothing was written.
        reason: why it was quarantined or left out; goes on from its name.
        patient: pseudonym, "" where none is known.
        done: what was done to how many attributes.
        boxes: what may be text, as (left, upper, right, lower) in pixels.
        notes: what a person should know of a file that was written.
    """

    status: Status
    kind: str = ""
    written: str = ""
    reason: str = ""
    patient: str = ""
    done: Mapping[str, int] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; holds nothing that identifies."""
        return {
            "status": self.status,
            "kind": self.kind,
            "written": self.written,
            "reason": self.reason,
            "patient": self.patient,
            "done": dict(sorted(self.done.items())),
            "boxes": [list(box) for box in self.boxes],
            "notes": list(self.notes),
        }
