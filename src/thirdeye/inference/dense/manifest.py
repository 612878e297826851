"""``model/model.json`` of a reader that marks structures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.manifest import MANIFEST_FILE as MANIFEST_FILE
from thirdeye.inference.manifest import manifest_form
from thirdeye.inference.member_files import refuse_other_version, refuse_strange_files
from thirdeye.transform.dense.prepare import Preparation
from thirdeye.transform.dense.windows import Windows

MANIFEST_VERSION = 1


@dataclass(frozen=True)
class DenseManifest:
    """What a segmenting reader needs to know to read.

    Args:
        task: "segmentation".
        classes: names of the structures; number 1 and up in a label map.
        architecture: name.
        preparation: of an image for the network.
        windows: in which it is read.
        mirrored: axes along which the image is mirrored as well and the answers averaged.
        tidying: number of a structure to what is done to its mask afterwards.
        onnx: {"file", "sha256"} of each member.
        members, weights, plan_sha256, dataset_sha256: as in `thirdeye.inference.manifest.Manifest`.
        positive: None; no class of a segmentation counts as diseased.
        operating_points: none.
        envelope: {"n", "file", "sha256"} of the envelope of appearance; {} without one.
        label: of the label that is told besides, see `thirdeye.inference.dense.label.LabelEntry`; None: none.
        channels: {"name", "ending"} of channels in files of their own, see `thirdeye.intake.joined.Channel`;
            empty: every file is a case.
    """

    task: str
    classes: tuple[str, ...]
    architecture: str
    preparation: Preparation
    windows: Windows
    mirrored: tuple[int, ...]
    tidying: Mapping[int, str]
    onnx: tuple[Mapping[str, str], ...]
    members: tuple[Mapping[str, Any], ...] = ()
    weights: tuple[Mapping[str, Any], ...] = ()
    plan_sha256: str | None = None
    dataset_sha256: str | None = None
    positive: str | None = None
    operating_points: tuple[Mapping[str, Any], ...] = field(default=())
    envelope: Mapping[str, Any] = field(default_factory=dict)
    label: Mapping[str, Any] | None = None
    channels: tuple[Mapping[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form of ``model.json``."""
        form = asdict(self)
        form["tidying"] = {str(number): name for number, name in self.tidying.items()}
        return {"version": MANIFEST_VERSION, **form}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> DenseManifest:
        """The manifest that `as_json` wrote.

        Raises:
            StudyMismatch: the version is newer, or a field is missing or of another kind.
        """
        refuse_other_version(form, newest=MANIFEST_VERSION)
        try:
            missing = [name for name in ("task", "classes", "architecture", "onnx") if name not in form]
            if missing:
                raise KeyError(", ".join(missing))
            given = {one.name: form[one.name] for one in fields(cls) if one.name in form}
            given["preparation"] = Preparation(**{k: _tuple(v) for k, v in form["preparation"].items()})
            given["windows"] = Windows(**{k: _tuple(v) for k, v in form["windows"].items()})
            given["tidying"] = {int(number): str(name) for number, name in form["tidying"].items()}
            for name in ("classes", "mirrored", "onnx", "members", "weights", "operating_points", "channels"):
                given[name] = tuple(given.get(name, ()))
            manifest = cls(**given)
        except (KeyError, TypeError, ValueError, AttributeError, UsageError) as error:
            raise StudyMismatch(f"model.json is incomplete or damaged: {error}") from error
        if not manifest.classes:
            raise StudyMismatch("model.json names no structure; train the study again")
        refuse_strange_files(manifest.onnx)
        return manifest


def read_dense_manifest(study: Study) -> DenseManifest:
    """The manifest of a study.

    Raises:
        UsageError: the folder does not exist.
        StudyMismatch: it holds no reader, or a damaged one.
    """
    return DenseManifest.from_json(manifest_form(study))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
