"""From numbers to an opinion: what a reader says about one case, or why it says nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.opinion import Opinion, Verdict
from thirdeye.inference.facts import ImageFacts, oddities, reasons_to_abstain
from thirdeye.inference.heat_map import METHOD, heat_map
from thirdeye.inference.identity import identity
from thirdeye.inference.manifest import Manifest

NOT_EXAMINED = "The heat map has not been through its exam; do not take it as evidence."
NOT_PASSED = "The heat map did not pass its exam; do not take it as evidence."
ABOUT_HEAT_MAPS = (NOT_EXAMINED, NOT_PASSED)


def opine(
    manifest: Manifest,
    source: str,
    fact: ImageFacts,
    probability: NDArray[np.float64],
    cam: NDArray[np.float32],
    *,
    distance: float,
) -> Opinion:
    """The opinion on one case.

    Args:
        manifest: of the reader.
        source: the file as the user named it.
        fact: of the image.
        probability: (K,) calibrated.
        cam: (K, h, w) class activation map.
        distance: of its features, relative to the envelope's edge; above 1 is outside.
    """
    seen = dict(manifest.envelope)
    said = oddities(fact, seen)
    model = identity(manifest)
    reasons = abstentions(manifest, fact, distance=distance)
    if reasons:
        return Opinion(
            source=source,
            task=manifest.task,
            probabilities={},
            positive=manifest.positive,
            warnings=tuple(said),
            abstained="; ".join(reasons),
            model=model,
        )
    shown = shown_class(manifest, probability)
    another = manifest.sanity.get("method", METHOD) != METHOD  # drawn on demand: it takes many passes
    passed = True if another else manifest.sanity.get("passed")
    return Opinion(
        source=source,
        task=manifest.task,
        probabilities=dict(zip(manifest.classes, map(float, probability), strict=True)),
        predicted=predicted(manifest, probability),
        positive=manifest.positive,
        verdicts=verdicts(manifest, probability),
        heat_map=None
        if another
        else heat_map(
            cam,
            shown,
            task=manifest.task,
            class_name=manifest.classes[shown],
            reference=manifest.heat_map.get("reference"),
            passed_sanity=passed,
        ),
        warnings=(*said, *([] if passed else [NOT_EXAMINED if passed is None else NOT_PASSED])),
        model=model,
    )


def abstentions(manifest: Manifest, fact: ImageFacts, *, distance: float) -> list[str]:
    """Why the reader would give no opinion on a case; empty where it would give one.

    Args:
        manifest: of the reader.
        fact: of the image.
        distance: as of `opine`.
    """
    return reasons_to_abstain(fact, dict(manifest.envelope)) + _too_far(distance)


def predicted(manifest: Manifest, probability: NDArray[np.float64]) -> str:
    """The most probable class; multi-label: every label of at least one half, joined by ``|``."""
    if manifest.task == "multilabel":
        names = zip(manifest.classes, probability, strict=True)
        return "|".join(name for name, value in names if value >= 0.5)
    return manifest.classes[int(probability.argmax())]


class Thresholds(Protocol):
    """What tells a verdict from a probability: classes, the positive one, operating points."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def positive(self) -> str | None: ...

    @property
    def operating_points(self) -> tuple[Mapping[str, Any], ...]: ...


def verdicts(manifest: Thresholds, probability: NDArray[np.float64]) -> tuple[Verdict, ...]:
    """One verdict per operating point; none where there is no positive class."""
    if manifest.positive is None:
        return ()
    value = float(probability[manifest.classes.index(manifest.positive)])
    return tuple(
        Verdict(
            operating_point=point["name"],
            threshold=float(point["threshold"]),
            positive=value >= float(point["threshold"]),
            sensitivity=_number(point.get("sensitivity")),
            specificity=_number(point.get("specificity")),
            sensitivity_interval=_limits(point.get("sensitivity")),
            specificity_interval=_limits(point.get("specificity")),
        )
        for point in manifest.operating_points
    )


def shown_class(manifest: Manifest, probability: NDArray[np.float64]) -> int:
    """Whose evidence a heat map shows: the positive class where there is one, else the most probable."""
    if manifest.positive is not None:
        return manifest.classes.index(manifest.positive)
    return int(probability.argmax())


def _too_far(distance: float) -> list[str]:
    if distance <= 1:
        return []
    return [
        f"it looks unlike the images that the reader knows ({distance:.1f} times the distance that"
        " nearly all known images stay below)"
    ]


def _limits(metric: Any) -> tuple[float, float] | None:
    """The interval of a metric object; None where it has none."""
    if not isinstance(metric, dict):
        return None
    low, high = metric.get("ci_low"), metric.get("ci_high")
    return None if low is None or high is None else (float(low), float(high))


def _number(metric: Any) -> float | None:
    """The value of a metric object; None where it is undefined."""
    value = metric.get("value") if isinstance(metric, dict) else metric
    return None if value is None else float(value)
