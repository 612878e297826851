"""How a reader decides a case of several images and clinical variables, as training left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference import certainty, conformal, frequency
from thirdeye.inference.calibration import Calibration, apply
from thirdeye.inference.fusion.heads import AttentionHead, from_bytes
from thirdeye.inference.fusion.pooling import Table, evidence, pool
from thirdeye.inference.fusion.variables import Linear, Variable, encode_all
from thirdeye.inference.hashed import verified
from thirdeye.inference.manifest import Manifest
from thirdeye.transform.fusion.joined import Joined, joined_from_bytes

NAME = "fusion"
RULES = (conformal.NAME, certainty.NAME)


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

    @property
    def case_features(self) -> NDArray[np.float64]:
        """(C, F): the mean over the images of each case."""
        return mean_features(self.features, self.of_image)


def mean_features(features: NDArray[np.floating], of_image: NDArray[np.integer]) -> NDArray[np.float64]:
    """(C, F): the mean over the images of each case, from (n, F) and the case of each image (n,)."""
    total = np.zeros((int(of_image.max()) + 1, features.shape[1]))
    np.add.at(total, of_image, features)
    return np.asarray(total / np.bincount(of_image)[:, None])


@dataclass(frozen=True)
class Decision:
    """From evidence to probabilities and verdicts.

    Args:
        calibration: of its logits.
        operating_points: as in `Manifest`.
        frequency: ranges as `fit_frequencies` gives them.
        rules: of prediction sets and of deferral, each under its name as in ``model.json``; those of an
            earlier version, or of few patients, are not there.
    """

    calibration: Calibration
    operating_points: tuple[Mapping[str, Any], ...]
    frequency: Mapping[str, Any]
    rules: Mapping[str, Any] = field(default_factory=dict)

    def manifest(self, manifest: Manifest) -> Manifest:
        """The manifest of a reader whose answers on whole cases are judged by this decision alone."""
        trust = {frequency.NAME: self.frequency, **self.rules}
        return replace(manifest, operating_points=self.operating_points, trust=trust)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        points = [dict(point) for point in self.operating_points]
        return {
            "calibration": self.calibration.as_json(), "operating_points": points,
            "frequency": dict(self.frequency), **self.rules,
        }  # fmt: skip

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Decision:
        """The decision that `as_json` wrote."""
        return cls(
            Calibration.from_json(form["calibration"]), tuple(form["operating_points"]), form["frequency"],
            {name: form[name] for name in RULES if form.get(name)},
        )  # fmt: skip


@dataclass(frozen=True)
class Clinical:
    """Clinical variables beside the images.

    Args:
        variables: in the order of the columns.
        together: over the images' evidence (K columns) and the variables, or over the networks' features and
            the variables.
        alone: over the variables.
        decided: by both together.
        decided_alone: by the variables.
        kept: whether both together were better than the images on held-out cases.
    """

    variables: tuple[Variable, ...]
    together: Linear | Joined
    alone: Linear | Joined
    decided: Decision
    decided_alone: Decision
    kept: bool

    def with_images(
        self,
        images: Table,
        values: Mapping[str, Sequence[str]],
        features: NDArray[np.floating],
        *,
        multilabel: bool,
    ) -> Table:
        """(C, K) calibrated probabilities of both together.

        Args:
            images: (C, K) probabilities by the images alone.
            values: name of a variable to the C values.
            features: (C, F) of all members, the mean over the images of a case.
            multilabel: whether the columns are labels of their own.
        """
        encoded = encode_all(self.variables, values, len(images))
        if isinstance(self.together, Joined):
            return apply(self.decided.calibration, self.together.logits(features, encoded))
        design = np.concatenate([evidence(images, multilabel=multilabel), encoded], axis=1)
        return apply(self.decided.calibration, self.together.logits(design))

    def by_themselves(self, values: Mapping[str, Sequence[str]], n: int) -> Table:
        """(C, K) calibrated probabilities of the variables alone."""
        encoded = encode_all(self.variables, values, n)
        if isinstance(self.alone, Joined):
            return apply(self.decided_alone.calibration, self.alone.logits(np.empty((n, 0)), encoded))
        return apply(self.decided_alone.calibration, self.alone.logits(encoded))


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
            None if clinical is None else clinical_from_json(clinical, study),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StudyMismatch(f"model.json is damaged where it says how cases are decided: {error}") from error


def clinical_from_json(form: Mapping[str, Any], study: Study) -> Clinical:
    """The clinical part that `clinical_json` wrote.

    Raises:
        StudyMismatch: a file of the model folder is missing or was changed after training.
    """
    joined = form.get("joined")
    models: Mapping[str, Linear | Joined]
    if joined:
        models = joined_from_bytes(verified(study, joined), joined["technique"])
    else:
        models = {name: Linear.from_json(form[name]["model"]) for name in ("together", "alone")}
    return Clinical(
        tuple(Variable.from_json(one) for one in form["encoders"]), models["together"], models["alone"],
        Decision.from_json(form["together"]), Decision.from_json(form["alone"]), bool(form["kept"]),
    )  # fmt: skip


def clinical_json(clinical: Clinical, joined: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """JSON-ready form.

    Args:
        clinical: the part.
        joined: "technique", "file" and "sha256" of models that are kept in a file of their own.
    """
    form: dict[str, Any] = {
        "encoders": [one.as_json() for one in clinical.variables],
        "together": clinical.decided.as_json(), "alone": clinical.decided_alone.as_json(),
        "kept": clinical.kept,
    }  # fmt: skip
    for name, model in (("together", clinical.together), ("alone", clinical.alone)):
        if isinstance(model, Linear):
            form[name] = {"model": model.as_json(), **form[name]}
    return form | ({"joined": dict(joined)} if joined else {})
