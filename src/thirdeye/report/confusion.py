"""Confusion matrices of a part, from ``evaluation.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thirdeye.report.evidence import Evidence
from thirdeye.report.names import operating_point_title
from thirdeye.report.sets import EvidenceSet


@dataclass(frozen=True)
class Matrix:
    """Counts by true class (rows) and class said (columns)."""

    title: str
    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def matrices(evidence: Evidence, part: EvidenceSet) -> list[Matrix]:
    """One matrix per operating point (binary), or one of all classes; empty where none was recorded."""
    if evidence.task == "binary":
        found = [(operating_point_title(str(p.get("name"))), p.get("confusion_matrix")) for p in part.points]
    else:
        found = [("", part.content.get("confusion_matrix"))]
    read = [_matrix(title, matrix) for title, matrix in found]
    return [matrix for matrix in read if matrix is not None]


def _matrix(title: str, found: Any) -> Matrix | None:
    if not isinstance(found, Mapping):
        return None
    names, rows = found.get("classes") or [], found.get("counts") or []
    if not rows or len(rows) != len(names):
        return None
    return Matrix(title, tuple(map(str, names)), tuple(tuple(int(value) for value in row) for row in rows))
