"""The variability that a pilot study leaves for planning the next."""

from __future__ import annotations

import json
from pathlib import Path

from thirdeye.errors import DataRefused
from thirdeye.evaluation.readers.power import Pilot


def read_pilot(path: Path) -> Pilot:
    """From the ``analysis.json`` of an analysis with random cases.

    Raises:
        DataRefused: it is not one, or it compared fewer than two tests or readers.
    """
    try:
        tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
        parts = tests["components"]
        return Pilot(
            interaction=float(parts["interaction"]),
            error=float(parts["error"]),
            same_reader=float(parts["same_reader"]),
            same_test=float(parts["same_test"]),
            neither=float(parts["neither"]),
            cases=int(tests["cases"]),
            reader=float(parts.get("reader") or 0.0),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataRefused(
            f"{path.name} does not hold the components of a study of two tests and two readers or more; "
            "expected analysis.json of: thirdeye readers analyse"
        ) from error
