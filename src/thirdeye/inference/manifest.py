"""``model/model.json``: everything about a trained reader except its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.calibration import Calibration
from thirdeye.inference.member_files import refuse_other_version, refuse_strange_files
from thirdeye.inference.views import check_views
from thirdeye.transform.prepare import arguments_of

MANIFEST_VERSION = 1
MANIFEST_FILE = "model/model.json"
LARGEST_SIDE = 8192  # of the square that a network sees; memory grows with its square


@dataclass(frozen=True)
class Manifest:
    """What a reader needs to know to read.

    Args:
        task: "binary", "multiclass", "ordinal" or "multilabel".
        classes: in output order.
        positive: the diseased class (binary), else None.
        architecture: name; of several networks, their names joined by " + ".
        input: {"size_px", "resize", "intensity"} of `thirdeye.transform.prepare`, and "preparation" where
            there are further steps.
        calibration: logits to probabilities.
        onnx: {"file", "sha256"}.
        views: test-time augmentation that was kept, "identity" first.
        operating_points: {"name", "threshold", "origin", "sensitivity", "specificity", ...} each; the last
            two are metric objects as in ``evaluation.json``. Binary only.
        envelope: facts of the training images (`facts.summarise`), with "file" and "sha256" of the
            feature envelope where there is one.
        heat_map: {"reference"}: the typical peak of a map, see `heat_map.scaled_evidence`.
        sanity: {"passed"}: True, False, or None when the exam of heat maps was not run; "method": which is
            shown; "methods": the same verdict of each.
        trust: how far to trust it, as validation data tell: what each step of `thirdeye.journey.trust.steps`
            found, under the step's name.
        members: {"file", "fold", "sha256"} of each network, and its "architecture" where there are several.
        weights: {"name", "source", "sha256", "licence"} of what the training started from.
        plan_sha256, dataset_sha256: what it was trained from.
    """

    task: str
    classes: tuple[str, ...]
    positive: str | None
    architecture: str
    input: Mapping[str, Any]
    calibration: Calibration
    onnx: Mapping[str, str]
    views: tuple[str, ...] = ("identity",)
    operating_points: tuple[Mapping[str, Any], ...] = ()
    envelope: Mapping[str, Any] = field(default_factory=dict)
    heat_map: Mapping[str, Any] = field(default_factory=dict)
    sanity: Mapping[str, Any] = field(default_factory=lambda: {"passed": None})
    trust: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[Mapping[str, Any], ...] = ()
    weights: tuple[Mapping[str, Any], ...] = ()
    plan_sha256: str | None = None
    dataset_sha256: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of ``model.json``."""
        form: dict[str, Any] = {"version": MANIFEST_VERSION}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Calibration):
                value = value.as_json()
            elif isinstance(value, tuple):
                value = [dict(item) if isinstance(item, Mapping) else item for item in value]
            elif isinstance(value, Mapping):
                value = dict(value)
            form[one.name] = value
        return form

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Manifest:
        """The manifest that `as_json` wrote.

        Raises:
            StudyMismatch: the version is newer, or a field is missing or contradicts another.
        """
        refuse_other_version(form, newest=MANIFEST_VERSION)
        given = {one.name: form[one.name] for one in fields(cls) if one.name in form}
        try:
            given["calibration"] = Calibration.from_json({"task": form.get("task"), **form["calibration"]})
            for name in ("classes", "views", "operating_points", "members", "weights"):
                given[name] = tuple(given.get(name, ("identity",) if name == "views" else ()))
            manifest = cls(**given)
            check_views(manifest.views)
            return _consistent(manifest)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise StudyMismatch(f"model.json is incomplete or damaged: {error}") from error
        except UsageError as error:
            raise StudyMismatch(f"model.json is damaged: {error}") from error


def read_manifest(study: Study) -> Manifest:
    """The manifest of a study that sorts cases into classes.

    Raises:
        UsageError: the folder does not exist, or its reader is a system that reads no single images.
        StudyMismatch: it holds no reader, or a damaged one.
    """
    form = manifest_form(study)
    if form.get("system"):
        raise UsageError(
            f"the study '{study.folder.name}' holds the system {form['system']}, which reads no single "
            "images; it reads new cases with: thirdeye recipes read STUDY DATA"
        )
    return Manifest.from_json(form)


def manifest_form(study: Study) -> dict[str, Any]:
    """The content of ``model.json``, of a reader of whatever task; not yet judged.

    Raises:
        UsageError: the folder does not exist.
        StudyMismatch: it holds no reader, or what is there is no object.
    """
    if not study.folder.is_dir():
        raise UsageError(
            f"there is no study folder '{study.folder}'; `thirdeye run DATA --out STUDY` makes one"
        )
    if not study.has(MANIFEST_FILE):
        raise StudyMismatch(
            f"the study '{study.folder}' holds no trained reader ({MANIFEST_FILE} is missing)"
        )
    try:
        form = study.read_json(MANIFEST_FILE)
    except RecursionError:
        raise StudyMismatch(f"{MANIFEST_FILE} is nested too deeply to be one of ours") from None
    if not isinstance(form, dict):
        raise StudyMismatch(f"{MANIFEST_FILE} should hold an object, not a {type(form).__name__}")
    return form


def _consistent(manifest: Manifest) -> Manifest:
    if manifest.task == "binary" and (
        len(manifest.classes) != 2 or manifest.positive not in manifest.classes
    ):
        raise StudyMismatch(
            f"model.json is damaged: a binary reader needs two classes and one of them positive, not"
            f" {list(manifest.classes)} and {manifest.positive!r}"
        )
    for name, needed in (("input", ("size_px", "resize", "intensity")), ("onnx", ("file", "sha256"))):
        missing = [key for key in needed if key not in getattr(manifest, name)]
        if missing:
            raise StudyMismatch(f"model.json is incomplete: '{name}' lacks {', '.join(missing)}")
    side = manifest.input["size_px"]
    if type(side) is not int or not 1 <= side <= LARGEST_SIDE:
        raise StudyMismatch(f"model.json is damaged: images of {side!r} px cannot be read")
    refuse_strange_files([manifest.onnx])
    arguments_of(manifest.input)
    return manifest
