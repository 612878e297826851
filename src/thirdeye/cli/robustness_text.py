"""Whether more cases would help and chance decides, in a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def robustness_text(found: Mapping[str, Any]) -> str:
    """The two verdicts, the measured points, and the repeated trainings."""
    curve, seeds = found["learning_curve"], found["seeds"]
    lines = ["Would more cases help?", f"  {curve['verdict']}"]
    lines += [
        f"  {point['n_patients']:>7,} patients   {point['value']:.3f} (standard error "
        f"{point['standard_error']:.3f})"
        for point in curve["points"]
    ]
    if "technique" in curve:
        lines.append(f"  Measured with {curve['technique']}.")
    lines += ["Does chance decide?", f"  {seeds['verdict']}"]
    lines += [
        f"  seed {training['seed']}: {training['metric']['value']:.3f}" for training in seeds["trainings"]
    ]
    return "\n".join(lines)
