"""How a reader decides a case of several images and clinical variables, as training left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.fusion.heads import AttentionHead, from_bytes
from thirdeye.inference.fusion.pooling import Table, evidence, pool
from thirdeye.inference.fusion.variables import Linear, Variable, encode_all
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import Manifest

NAME = "fusion"


@dataclass(frozen=True)
class Images:
    """The images of C cases and what was computed of them.

    Args:
        probabilities: (n, K) calibrated.
        of_image: (n,) case of each image, 0 to C - 1, every case at least once.
        views: (n,) name of each image's view, "" where it has none.
        features: (n, F) of all members.
        composed: gives the features (C, F) of each case's views as channels of one picture; NaN where a case
            lacks a view.
    """

    probabilities: Table
    of_image: NDArray[np.int64]
    views: Sequence[str]
    features: NDArray[np.float32]
    composed: Callable[[], NDArray[np.float32]]

    @property
    def n_cases(self) -> int:
        """C."""
        return int(self.of_image.max()) + 1 if len(self.of_image) else 0


@dataclass(frozen=True)
class Decision:
    """From evidence to probabilities and verdicts.

    Args:
        calibration: of its logits.
        operating_points: as in `Manifest`.
        frequency: ranges as `fit_frequencies` gives them.
    """

    calibration: Calibration
    operating_points: tuple[Mapping[str, Any], ...]
    frequency: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        points = [dict(point) for point in self.operating_points]
        return {
            "calibration": self.calibration.as_json(), "operating_points": points,
            "frequency": dict(self.frequency),
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Decision:
        """The decision that `as_json` wrote."""
        return cls(
            Calibration.from_json(form["calibration"]), tuple(form["operating_points"]), form["frequency"]
        )


@dataclass(frozen=True)
class Clinical:
    """Clinical variables beside the images.

    Args:
        variables: in the order of the columns.
        together: over the images' evidence (K columns) and the variables.
        alone: over the variables.
        decided: by both together.
        decided_alone: by the variables.
        kept: whether both together were better than the images on held-out cases.
    """

    variables: tuple[Variable, ...]
    together: Linear
    alone: Linear
    decided: Decision
    decided_alone: Decision
    kept: bool

    def with_images(self, images: Table, values: Mapping[str, Sequence[str]], *, multilabel: bool) -> Table:
        """(C, K) calibrated probabilities of both together from those of the images."""
        design = np.concatenate(
            [evidence(images, multilabel=multilabel), encode_all(self.variables, values, len(images))], axis=1
        )
        return apply(self.decided.calibration, self.together.logits(design))

    def by_themselves(self, values: Mapping[str, Sequence[str]], n: int) -> Table:
        """(C, K) calibrated probabilities of the variables alone."""
        return apply(self.decided_alone.calibration, self.alone.logits(encode_all(self.variables, values, n)))


@dataclass(frozen=True)
class CaseModel:
    """How the images of a case are decided together.

    Args:
        task, classes, positive: as in `Manifest`.
        unit: what is decided: "case", "lesion" or "image".
        method: one of `pooling.TITLES`.
        weights: view to weight; for "weights".
        views: names of the views in order; for "early".
        heads: for "attention" and "early"; the mean of their logits counts.
        decided: by the images.
        clinical: where there are variables.
    """

    task: str
    classes: tuple[str, ...]
    positive: str | None
    unit: str
    method: str
    weights: Mapping[str, float]
    views: tuple[str, ...]
    heads: tuple[AttentionHead, ...]
    decided: Decision
    clinical: Clinical | None

    def of_images(self, images: Images) -> Table:
        """(C, K) calibrated probabilities of the cases by their images alone."""
        return apply(self.decided.calibration, self.pooled(images))

    def pooled(self, images: Images) -> Table:
        """(C, K) evidence of the cases, before calibration; "early" is "mean" where a view is missing."""
        if self.method == "attention":
            return np.mean([head.logits(images.features, images.of_image) for head in self.heads], axis=0)
        if self.method == "early":
            return self._early(images)
        return self._late(images, self.method)

    def _late(self, images: Images, method: str) -> Table:
        return pool(
            method, images.probabilities, images.of_image,
            positive=None if self.positive is None else self.classes.index(self.positive),
            multilabel=self.task == "multilabel", views=images.views, weights=self.weights,
        )  # fmt: skip

    def _early(self, images: Images) -> Table:
        features = images.composed()
        alone = np.arange(len(features))
        whole = np.isfinite(features).all(axis=1)
        found = self._late(images, "mean")
        if whole.any():
            held = alone[: int(whole.sum())]
            found[whole] = np.mean([head.logits(features[whole], held) for head in self.heads], axis=0)
        return found


def read_case_model(study: Study, manifest: Manifest) -> CaseModel | None:
    """How the reader of a study decides cases; None where it knows single images only.

    Raises:
        StudyMismatch: ``model.json`` is damaged there, or a file was changed after training.
    """
    form = manifest.trust.get(NAME)
    if not form:
        return None
    try:
        pooling, clinical = form["pooling"], form.get("variables")
        heads = from_bytes(verified(study, pooling)) if "file" in pooling else ()
        return CaseModel(
            manifest.task, manifest.classes, manifest.positive, form["unit"], pooling["method"],
            dict(pooling["weights"]), tuple(pooling["views"]), heads, Decision.from_json(form),
            None if clinical is None else clinical_from_json(clinical),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyMismatch(f"model.json is damaged where it says how cases are decided: {error}") from error


def clinical_from_json(form: Mapping[str, Any]) -> Clinical:
    """The clinical part that `clinical_json` wrote."""
    return Clinical(
        tuple(Variable.from_json(one) for one in form["encoders"]),
        Linear.from_json(form["together"]["model"]), Linear.from_json(form["alone"]["model"]),
        Decision.from_json(form["together"]), Decision.from_json(form["alone"]), bool(form["kept"]),
    )  # fmt: skip


def clinical_json(clinical: Clinical) -> dict[str, Any]:
    """JSON-ready form."""
    return {
        "encoders": [one.as_json() for one in clinical.variables],
        "together": {"model": clinical.together.as_json(), **clinical.decided.as_json()},
        "alone": {"model": clinical.alone.as_json(), **clinical.decided_alone.as_json()},
        "kept": clinical.kept,
    }
