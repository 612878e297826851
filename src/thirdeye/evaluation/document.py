"""evaluation.json as a whole, and its published schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

EVALUATION_SCHEMA_VERSION = 1


def evaluation_document(
    *,
    task: str,
    positive: str | None,
    unit: str,
    classes: Sequence[str],
    sets: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """evaluation.json as a whole.

    Args:
        task, positive, unit, classes: as for `evaluate_set`.
        sets: name ("test", "validation", "external:NAME") to an entry from `evaluate_set`.
    """
    return {
        "version": EVALUATION_SCHEMA_VERSION,
        "task": task,
        "positive": positive,
        "unit": unit,
        "classes": list(classes),
        "sets": {name: dict(entry) for name, entry in sets.items()},
    }


def evaluation_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of evaluation.json."""
    text = (
        resources.files("thirdeye.evaluation").joinpath("schema/evaluation.json").read_text(encoding="utf-8")
    )
    schema: dict[str, Any] = json.loads(text)
    return schema
