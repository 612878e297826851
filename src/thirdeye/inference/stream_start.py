"""A stream before its first case, with what the study's reader kept to compare the cases with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thirdeye.case.study import Study
from thirdeye.inference.hashed import verified
from thirdeye.inference.stream import NAME as STEP
from thirdeye.inference.stream import Stream, new_stream
from thirdeye.inference.surroundings import Surroundings


def start_of_stream(study: Study, form: Mapping[str, Any]) -> Stream:
    """A new stream for a study's reader.

    Args:
        study: with a trained reader.
        form: of `thirdeye.inference.manifest.manifest_form`.
    """
    reference: dict[str, list[float]] = {}
    envelope = form.get("envelope") or {}
    if "file" in envelope:
        known = Surroundings.from_bytes(verified(study, envelope)).known
        reference["distance"] = [float(value) for value in known]
    told = told_of_stream(form)
    reference["probability"] = [float(value) for value in told.get("probabilities") or ()]
    return new_stream(identity_of(form), reference)


def told_of_stream(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reader kept of its development cases: the watched class and its probabilities."""
    found: Mapping[str, Any] = (form.get("trust") or {}).get(STEP) or {}
    return found


def identity_of(form: Mapping[str, Any]) -> str:
    """The hash by which a stream knows its reader."""
    onnx = form.get("onnx")
    one = onnx[0] if isinstance(onnx, list) and onnx else onnx
    return str(one.get("sha256")) if isinstance(one, Mapping) else ""
