"""``model/model.json`` of a reader that finds things and draws boxes around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch
from thirdeye.inference.detection.suppress import Suppression
from thirdeye.inference.manifest import MANIFEST_FILE as MANIFEST_FILE
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.member_files import refuse_other_version, refuse_strange_files
from thirdeye.transform.dense.prepare import Preparation

MANIFEST_VERSION = 1
Technique = Literal["one_stage", "two_stage", "sliding"]


@dataclass(frozen=True)
class DetectionManifest:
    """What a detector needs to know to read.

    Args:
        task: "detection".
        classes: names of what is found; index 0 and up in `Detections.classes`.
        technique: "one_stage", "two_stage" or "sliding".
        architecture: name.
        preparation: of an image for the network.
        tile_px: (height, width) of the window in which prepared images are read; smaller ones are read whole.
        overlap: of neighbouring windows, 0 to below 1.
        strides: side of a cell of each level, in pixels of the prepared image, the finest level first.
        anchors: size of the anchor of each level, in pixels of the prepared image, the finest level first.
        ratios: height over width of the anchors; one for networks that need a single anchor a place.
        suppression: what becomes of boxes that overlap.
        lowest_score: below which nothing is reported.
        most_boxes: of one image.
        details: what only this technique needs.
        onnx: {"file", "sha256"} of every file, in the order of the members.
        members: {"files", "fold"} of each member.
        weights, plan_sha256, dataset_sha256: as in `thirdeye.inference.manifest.Manifest`.
        positive: None; no class of a detection counts as diseased.
        operating_points: thresholds with their origin, chosen on validation data.
        envelope: {"n", "file", "sha256"} of the envelope of appearance; {} without one.
    """

    task: str
    classes: tuple[str, ...]
    technique: Technique
    architecture: str
    preparation: Preparation
    tile_px: tuple[int, int]
    overlap: float
    strides: tuple[int, ...]
    anchors: tuple[float, ...]
    ratios: tuple[float, ...]
    suppression: Suppression
    lowest_score: float
    most_boxes: int
    onnx: tuple[Mapping[str, str], ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[Mapping[str, Any], ...] = ()
    weights: tuple[Mapping[str, Any], ...] = ()
    plan_sha256: str | None = None
    dataset_sha256: str | None = None
    positive: str | None = None
    operating_points: tuple[Mapping[str, Any], ...] = field(default=())
    envelope: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form of ``model.json``."""
        return {"version": MANIFEST_VERSION, **asdict(self)}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> DetectionManifest:
        """The manifest that `as_json` wrote.

        Raises:
            StudyMismatch: the version is newer, or a field is missing or of another kind.
        """
        refuse_other_version(form, newest=MANIFEST_VERSION)
        try:
            given = {one.name: _tuple(form[one.name]) for one in fields(cls) if one.name in form}
            given["preparation"] = Preparation(**{k: _tuple(v) for k, v in form["preparation"].items()})
            given["suppression"] = Suppression(**form["suppression"])
            manifest = cls(**given)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StudyMismatch(f"model.json is incomplete or damaged: {error}") from error
        refuse_strange_files(manifest.onnx)
        _refuse_strange_members(manifest)
        return manifest


def read_detection_manifest(study: Study) -> DetectionManifest:
    """The manifest of a study.

    Raises:
        UsageError: the folder does not exist.
        StudyMismatch: it holds no reader, or a damaged one.
    """
    return DetectionManifest.from_json(manifest_form(study))


def _refuse_strange_members(manifest: DetectionManifest) -> None:
    """Only files whose hashes are compared are opened."""
    known = {one["file"] for one in manifest.onnx}
    for member in manifest.members:
        files = member.get("files") if isinstance(member, Mapping) else None
        if not isinstance(files, list | tuple) or not files or not known.issuperset(files):
            raise StudyMismatch(
                f"model.json is damaged: a member is made of files among {sorted(known)}, not {files!r}"
            )
    if not manifest.members:
        raise StudyMismatch("model.json names no member; train the study again")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
