"""An opinion: what a reader says of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.fused import Fused
from thirdeye.case.marks import Box, Landmark, Measurement
from thirdeye.case.region import Region
from thirdeye.case.reliance import Certainty, Familiarity, Frequency, Measured, PredictionSet, SimilarCase
from thirdeye.case.shown import painter_of

RESEARCH_USE = "Research use only. Not a medical device. A second opinion, never a replacement for a doctor."
OPINION_SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Verdict:
    """What the opinion says at one operating point.

    Args:
        operating_point: its name ("youden", "sensitivity_95").
        threshold: probability at or above which a case counts as positive.
        positive: whether this case does.
        sensitivity, specificity: as measured on validation data, 0 to 1; None where undefined.
        sensitivity_interval, specificity_interval: 95 % limits; None where there are none.
    """

    operating_point: str
    threshold: float
    positive: bool
    sensitivity: float | None
    specificity: float | None
    sensitivity_interval: tuple[float, float] | None = None
    specificity_interval: tuple[float, float] | None = None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class HeatMap:
    """Where the network looked, on the grid of the prepared image.

    Args:
        values: (h, w) float32, 0 to 1 after scaling by the largest positive activation.
        method: how it was made ("cam").
        class_name: the class whose evidence it shows.
        passed_sanity: True or False from the study's exam; None when the exam was not run.
        signed: False where it says how strongly a place moves the answer, for the class or against it.
    """

    values: NDArray[np.float32]
    method: str
    class_name: str
    passed_sanity: bool | None
    signed: bool = True


@dataclass(frozen=True)
class Opinion:
    """A calibrated second opinion on one case.

    Args:
        source: the file as the user named it.
        probabilities: class name to calibrated probability, 0 to 1; empty for an abstention.
        task: kind of decision.
        positive: the class that counts as diseased (binary).
        predicted: the most probable class (multi-label: joined by ``|``).
        verdicts: one per operating point.
        heat_map: where there is one.
        regions: structures that were marked, with their size.
        boxes: things that were found, the most certain first.
        landmarks: points that were found.
        measurements: derived from the landmarks.
        warnings: sentences for a person.
        abstained: the reason why no number is given; None when there is one.
        model: identity of the model (name, sha256, and what it was made from and read with).
        looked_for: names of all that the reader looks for, where it says where something is.
        frequencies: how often validation cases read like this one truly had a class.
        sets: classes among which the truth lies as often as promised.
        certainty: how sure the reader is of its own answer.
        similar: past cases that look alike, the nearest first.
        levels: of a taxonomy, level name to class name to probability, finest last.
        unvalidated: sentences on what the reader has not been validated on.
        measured: how good the reader is, on cases that it had not learnt from.
        familiarity: how much the image is like those that the reader knows; None without an envelope.
        fused: images and clinical variables that were put together; None for a single image by itself.
    """

    source: str
    task: str
    probabilities: Mapping[str, float]
    predicted: str | None = None
    positive: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    heat_map: HeatMap | None = None
    regions: tuple[Region, ...] = ()
    boxes: tuple[Box, ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    warnings: tuple[str, ...] = ()
    abstained: str | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    looked_for: tuple[str, ...] = ()
    frequencies: tuple[Frequency, ...] = ()
    sets: tuple[PredictionSet, ...] = ()
    certainty: Certainty | None = None
    similar: tuple[SimilarCase, ...] = ()
    levels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unvalidated: tuple[str, ...] = ()
    measured: tuple[Measured, ...] = ()
    fused: Fused | None = None
    familiarity: Familiarity | None = None

    def _repr_html_(self) -> str | None:
        """What a notebook shows, where the opinion comes from `thirdeye.read`; None: its plain form."""
        paint = painter_of(self.model.get("sha256"))
        return None if paint is None else paint(self)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form without pixels."""
        heat = self.heat_map
        return {
            "version": OPINION_SCHEMA_VERSION,
            "source": self.source,
            "task": self.task,
            "positive": self.positive,
            "predicted": self.predicted,
            "probabilities": dict(self.probabilities),
            "verdicts": [verdict.as_json() for verdict in self.verdicts],
            "heat_map": None
            if heat is None
            else {"method": heat.method, "class": heat.class_name, "passed_sanity": heat.passed_sanity},
            "regions": [region.as_json() for region in self.regions],
            "boxes": [box.as_json() for box in self.boxes],
            "landmarks": [landmark.as_json() for landmark in self.landmarks],
            "measurements": [one.as_json() for one in self.measurements],
            "looked_for": list(self.looked_for),
            "frequencies": [one.as_json() for one in self.frequencies],
            "sets": [one.as_json() for one in self.sets],
            "familiarity": None if self.familiarity is None else self.familiarity.as_json(),
            "certainty": None if self.certainty is None else self.certainty.as_json(),
            "similar": [one.as_json() for one in self.similar],
            "levels": {level: dict(values) for level, values in self.levels.items()},
            "unvalidated": list(self.unvalidated),
            "measured": [one.as_json() for one in self.measured],
            "fused": None if self.fused is None else self.fused.as_json(),
            "warnings": list(self.warnings),
            "abstained": self.abstained,
            "model": dict(self.model),
            "notice": RESEARCH_USE,
        }
