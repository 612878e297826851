"""``model/model.json`` of a reader that finds landmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.manifest import MANIFEST_FILE as MANIFEST_FILE
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.member_files import refuse_other_version, refuse_strange_files
from thirdeye.transform.landmarks.canvas import Canvas
from thirdeye.transform.landmarks.looks import First, Second
from thirdeye.transform.landmarks.pairs import PairModel
from thirdeye.transform.landmarks.shape import ShapeModel

MANIFEST_VERSION = 1


@dataclass(frozen=True)
class LandmarkManifest:
    """What a reader of landmarks needs to know to read.

    Args:
        task: "landmarks".
        classes: names of the landmarks, in their order.
        architecture: name.
        first: how the first look reads.
        second: how the second look reads; None where there is none.
        shape: model of how the landmarks lie together; None where it is not used.
        settle: how far points may lie from the fitted shape before they are drawn to it; 0: they stay.
        pairs: how landmarks lie to each other; None where each is sought by itself.
        doubtful_below: certainty that one in twenty landmarks of validation images falls short of.
        onnx: {"file", "sha256", "look"} of each network; look is "first" or "second".
        members, weights, plan_sha256, dataset_sha256: as in `thirdeye.inference.manifest.Manifest`.
        positive: None; no landmark counts as diseased.
        operating_points: none.
        envelope: {"n", "file", "sha256"} of the envelope of appearance; {} without one.
    """

    task: str
    classes: tuple[str, ...]
    architecture: str
    first: First
    second: Second | None
    shape: ShapeModel | None
    doubtful_below: float
    onnx: tuple[Mapping[str, str], ...]
    members: tuple[Mapping[str, Any], ...] = ()
    weights: tuple[Mapping[str, Any], ...] = ()
    plan_sha256: str | None = None
    dataset_sha256: str | None = None
    positive: str | None = None
    settle: float = 0.0
    pairs: PairModel | None = None
    operating_points: tuple[Mapping[str, Any], ...] = field(default=())
    envelope: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form of ``model.json``."""
        form = {one.name: getattr(self, one.name) for one in fields(self)}
        form["first"] = asdict(self.first)
        form["second"] = None if self.second is None else asdict(self.second)
        form["shape"] = None if self.shape is None else self.shape.as_json()
        form["pairs"] = None if self.pairs is None else self.pairs.as_json()
        return {"version": MANIFEST_VERSION, **form}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> LandmarkManifest:
        """The manifest that `as_json` wrote.

        Raises:
            StudyMismatch: the version is newer, or a field is missing or of another kind.
        """
        refuse_other_version(form, newest=MANIFEST_VERSION)
        try:
            given = {one.name: form[one.name] for one in fields(cls) if one.name in form}
            given["first"] = _first(form["first"])
            given["second"] = None if form["second"] is None else Second(**form["second"])
            given["shape"] = None if form["shape"] is None else ShapeModel.from_json(form["shape"])
            pairs = form.get("pairs")
            given["pairs"] = None if pairs is None else PairModel.from_json(pairs)
            for name in ("classes", "onnx", "members", "weights", "operating_points"):
                given[name] = tuple(given.get(name, ()))
            manifest = cls(**given)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StudyMismatch(f"model.json is incomplete or damaged: {error}") from error
        refuse_strange_files(manifest.onnx)
        return manifest


def read_landmark_manifest(study: Study) -> LandmarkManifest:
    """The manifest of a study.

    Raises:
        UsageError: the folder does not exist.
        StudyMismatch: it holds no reader, or a damaged one.
    """
    return LandmarkManifest.from_json(manifest_form(study))


def _first(form: Mapping[str, Any]) -> First:
    return First(**{**form, "canvas": Canvas(**form["canvas"]), "swapped": tuple(form["swapped"])})
