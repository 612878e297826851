"""Which external cases the reader would have given no opinion on, as `thirdeye read` decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.inference.facts import ImageFacts, colourfulness_of
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.opine import abstentions
from thirdeye.inference.surroundings import Surroundings
from thirdeye.intake.words import counted
from thirdeye.journey.external.sketch import Sketch
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan


def abstained(study: Study, scored: Scored, manifest: Manifest, sketch: Sketch) -> list[str]:
    """Per case the reason why the reader would say nothing, "" where it would speak.

    Args:
        study: with the reader.
        scored: the external cases with their features.
        manifest: of the reader.
        sketch: of the external images.
    """
    distances: NDArray[np.floating] = np.zeros(len(scored.rows))
    if "file" in manifest.envelope and scored.features is not None:
        content = study.path(f"model/{Path(str(manifest.envelope['file'])).name}").read_bytes()
        squares = (scored.material.images[row] for row in scored.rows)
        distances = Surroundings.from_bytes(content).distance(scored.features, squares)
    facts = sketch.facts.loc[scored.material.rows["image"].iloc[scored.rows]]
    reasons = []
    for row, fact, distance in zip(scored.rows, facts.itertuples(), distances, strict=True):
        square = np.asarray(scored.material.images[row])
        reasons.append("; ".join(abstentions(manifest, _fact(fact, square), distance=float(distance))))
    return reasons


def _fact(fact: Any, square: NDArray[np.uint8]) -> ImageFacts:
    """As `thirdeye.inference.facts.facts_of` makes it, of an image that was decoded before."""
    colour = colourfulness_of(square) if fact.is_colour else 0.0
    size = int(fact.height), int(fact.width)
    return ImageFacts(*size, colour, fact.modality or None, float(square.mean()), float(square.std()))


def within_envelope(
    scored: Scored,
    reasons: list[str],
    plan: Plan,
    manifest: Manifest,
    *,
    clusters: NDArray[Any] | None,
    excluded: Mapping[str, int],
) -> dict[str, Any]:
    """The block "within_envelope": how many cases lie outside, why, and the measures without them."""
    inside = np.array([reason == "" for reason in reasons], dtype=bool)
    if inside.all() or not inside.any():
        return beside_inside(int(inside.sum()), inside.size, reasons, "case", None)
    outside = int((~inside).sum())
    entry = evaluate_set(
        labels=scored.labels[inside], probabilities=scored.network[inside], classes=list(plan.classes),
        task=plan.task, positive=plan.positive, clusters=None if clusters is None else clusters[inside],
        unit="image", operating_points=[dict(point) for point in manifest.operating_points],
        excluded={**excluded, "outside the envelope": outside}, seed=plan.seed,
    )  # fmt: skip
    return beside_inside(int(inside.sum()), inside.size, reasons, "case", entry)


def beside_inside(
    n: int, total: int, reasons: Iterable[str], unit: str, entry: Mapping[str, Any] | None
) -> dict[str, Any]:
    """A block "within_envelope".

    Args:
        n: cases on which the reader would give an opinion.
        total: all cases.
        reasons: of each image why it lies outside, "" where it does not.
        unit: what is decided ("case", "lesion").
        entry: of `evaluate_set` on those cases; None where they are all or none.
    """
    block: dict[str, Any] = {
        "n": n, "n_abstained": total - n, "reasons": _by_kind(reasons), "metrics": [],
        "note": _note(n, total, unit),
    }  # fmt: skip
    if entry is None:
        return block
    return block | {"metrics": entry["metrics"], "prevalence": entry["prevalence"]}


def _by_kind(reasons: Iterable[str]) -> dict[str, int]:
    """Reasons without the numbers of single cases."""
    counts: dict[str, int] = {}
    for reason in filter(None, reasons):
        for part in reason.split("; "):
            kind = part.partition(" (")[0]
            counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _note(n: int, total: int, unit: str) -> str:
    outside = total - n
    if not outside:
        return f"The reader would give an opinion on every {unit}: none lies outside what it has seen."
    if not n:
        return (
            f"The reader would give no opinion on any of the {counted(outside, unit)}: all lie outside "
            "what it has seen. The measures of all cases show what it would say if nobody stopped it."
        )
    return (
        f"The reader would give no opinion on {outside:,} of {counted(total, unit)}, which lie "
        "outside what it has seen. The headline counts all cases; these measures leave them out."
    )
