"""What the endpoint says of its reader and of itself."""

from __future__ import annotations

import json
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from thirdeye.case.opinion import RESEARCH_USE
from thirdeye.inference.alarms import RATES
from thirdeye.inference.endpoint.upload import KINDS, Limits


def described(reader: Any) -> dict[str, Any]:
    """Which reader answers: nothing of where it lies, nothing of patients."""
    readers = getattr(reader, "readers", (reader,))
    return {
        "software": f"thirdeye {version('thirdeye-imaging')}",
        "readers": [_reader(one) for one in readers],
        "notice": RESEARCH_USE,
    }


def _reader(reader: Any) -> dict[str, Any]:
    manifest = reader.manifest
    onnx = manifest.onnx if isinstance(manifest.onnx, (list, tuple)) else [manifest.onnx]
    said = {
        "task": manifest.task,
        "classes": list(manifest.classes),
        "architecture": manifest.architecture,
        "sha256": [one["sha256"] for one in onnx],
        "positive": getattr(manifest, "positive", None),
    }
    return said | dict(getattr(reader, "runs_with", {}))


def openapi(about: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The description of the endpoint (OpenAPI 3.1), with the published schema of an opinion."""
    opinion = json.loads((files("thirdeye.case") / "schema/opinion.json").read_text(encoding="utf-8"))
    opinion.pop("$schema", None)
    beside = {
        "type": "object",
        "required": ["source", "opinions", "agreement"],
        "properties": {
            "source": {"type": "string"},
            "opinions": {"type": "array", "items": {"$ref": "#/components/schemas/Opinion"}},
            "agreement": {
                "type": "object",
                "properties": {"agree": {"type": ["boolean", "null"]}, "said": {"type": "string"}},
            },
        },
    }
    answer = "Opinion" if len(about["readers"]) == 1 else "SideBySide"
    return {
        "openapi": "3.1.0",
        "info": {"title": "Third Eye: opinions", "version": "1", "description": RESEARCH_USE},
        "paths": {
            "/health": {"get": _get("Whether it reads")},
            "/v1/model": {"get": _get("Which reader answers")},
            "/v1/opinions": {"post": _post(answer, limits)},
        },
        "components": {
            "schemas": {
                "Opinion": opinion,
                "SideBySide": beside,
                "Error": {
                    "type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}
                },
            }
        },
    }  # fmt: skip


def _get(summary: str) -> dict[str, Any]:
    answer = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    return {"summary": summary, "responses": {"200": answer}}


def _post(answer: str, limits: Limits) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary", "maxLength": limits.upload_bytes}}
    refusals = {
        "400": "the reader has no such threshold, or the connection ended early",
        "403": "a request of another site",
        "408": "the image arrived too slowly",
        "413": "the image is too large",
        "415": "the body is of a kind that is not read",
        "422": "the body is no image that can be read",
        "503": "too many requests wait",
        "504": "reading took too long",
    }
    return {
        "summary": "A second opinion on one image",
        "parameters": [
            {
                "name": "false_alarms",
                "in": "query",
                "schema": {"enum": list(RATES)},
                "description": "of a reader of boxes: the threshold, by false alarms an image",
            }
        ],
        "requestBody": {"required": True, "content": dict.fromkeys(KINDS, binary)},
        "responses": {
            "200": {"description": "the opinion", "content": _json(answer)},
            **{status: {"description": why, "content": _json("Error")} for status, why in refusals.items()},
        },
    }


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
