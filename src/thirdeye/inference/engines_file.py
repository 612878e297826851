"""``engines/engines.json``: what each engine gains and loses on validation cases, and which was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.case.study import Study
from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference.hashed import verified_file
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.runtime import REFERENCE, Runtime, has_openvino, runtime_of

ENGINES_FILE = "engines/engines.json"
INT8_FILE = "engines/model_int8.onnx"
LARGEST_LOSS = 0.005  # of the AUC, that an int8 network may have
ENGINES_VERSION = 1


@dataclass(frozen=True)
class Choice:
    """What a reader runs with.

    Args:
        runtime: engine and precision.
        network: the ONNX file, whose hash was compared.
        loss: metric, in its JSON form, of the AUC against the reference on validation cases; None: it was not
            measured, or it is the reference.
    """

    runtime: Runtime
    network: Path
    loss: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """For `Opinion.model`; nothing for the reference."""
        if self.runtime == REFERENCE:
            return {}
        said = {"engine": self.runtime.engine, "precision": self.runtime.precision}
        return said if self.loss is None else {**said, "auc_loss": dict(self.loss)}


def choose(
    study: Study, manifest: Manifest, *, engine: str | None = None, precision: str | None = None
) -> Choice:
    """What to read with: as asked, else as `thirdeye speed` chose for the study, else the reference.

    Args:
        study: whose reader it is.
        manifest: of the reader.
        engine, precision: asked for; None: either.

    Raises:
        UsageError: there is no such engine or precision, or its loss has not been measured on this study.
        MissingExtra: OpenVINO is asked for and not installed.
        StudyMismatch: a file was changed, or the int8 network was refused.
    """
    record = read_record(study, manifest)
    if engine is None and precision is None:
        return _chosen(study, manifest, record)
    named = engine or ("openvino" if precision == "bf16" else "onnxruntime")
    runtime = runtime_of(named, precision or "f32")
    entry = entry_of(record, runtime)
    if runtime.precision != "f32":
        _refuse_unmeasured(runtime, entry)
    return _choice(study, manifest, record, runtime)


def _chosen(study: Study, manifest: Manifest, record: Mapping[str, Any]) -> Choice:
    """The study's own choice; the reference where this installation lacks the engine."""
    chosen = record.get("chosen")
    if chosen is None or (chosen.get("engine") == "openvino" and not has_openvino()):
        return Choice(REFERENCE, verified_file(study, manifest.onnx))
    runtime = runtime_of(str(chosen.get("engine")), str(chosen.get("precision")))
    if runtime.precision != "f32":
        _refuse_unmeasured(runtime, entry_of(record, runtime))
    return _choice(study, manifest, record, runtime)


def _choice(study: Study, manifest: Manifest, record: Mapping[str, Any], runtime: Runtime) -> Choice:
    entry = entry_of(record, runtime)
    loss = None if entry is None else entry["loss"]
    if runtime.precision != "int8":
        return Choice(runtime, verified_file(study, manifest.onnx), loss)
    return Choice(runtime, verified_file(study, record["int8"], folder="engines"), loss)


def entry_of(record: Mapping[str, Any], runtime: Runtime) -> Mapping[str, Any] | None:
    """What was measured of an engine, where it was."""
    wanted = (runtime.engine, runtime.precision)
    found = (one for one in record.get("measured", ()) if (one.get("engine"), one.get("precision")) == wanted)
    return next(found, None)


def read_record(study: Study, manifest: Manifest) -> dict[str, Any]:
    """The content of ``engines.json``; {} where there is none, or it is about another network.

    Raises:
        StudyMismatch: it is damaged.
    """
    if not study.has(ENGINES_FILE):
        return {}
    record = study.read_json(ENGINES_FILE)
    if not isinstance(record, dict) or record.get("version") != ENGINES_VERSION:
        raise StudyMismatch(f"{ENGINES_FILE} is not what thirdeye wrote; delete it, or run: thirdeye speed")
    if record.get("network_sha256") != manifest.onnx["sha256"]:
        return {}
    _check(record)
    return record


def _check(record: Mapping[str, Any]) -> None:
    entries, chosen = record.get("measured"), record.get("chosen")
    whole = (
        isinstance(entries, list)
        and all(isinstance(one, dict) and isinstance(one.get("loss"), dict) for one in entries)
        and (chosen is None or isinstance(chosen, dict))
        and isinstance(record.get("int8", {"file": "", "sha256": ""}), dict)
    )
    if not whole:
        raise StudyMismatch(f"{ENGINES_FILE} is damaged; delete it, or run: thirdeye speed")


def _refuse_unmeasured(runtime: Runtime, entry: Mapping[str, Any] | None) -> None:
    if entry is None:
        raise UsageError(
            f"what this reader loses with {runtime} has not been measured; do that first with: thirdeye speed"
        )
    if runtime.precision == "int8" and not entry.get("accepted"):
        raise StudyMismatch(f"{runtime} is refused: {entry.get('verdict', 'it loses too much')}")
