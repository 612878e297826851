"""Which model an opinion comes from: name, version and hashes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

DISTRIBUTION = "thirdeye-imaging"


class Identified(Protocol):
    """A manifest, of whatever task."""

    @property
    def architecture(self) -> str: ...

    @property
    def onnx(self) -> Mapping[str, Any] | tuple[Mapping[str, Any], ...]: ...

    @property
    def plan_sha256(self) -> str | None: ...

    @property
    def dataset_sha256(self) -> str | None: ...


def identity(manifest: Identified) -> dict[str, Any]:
    """Name and hashes of a model, and what reads it; of several networks the hash of the first.

    Args:
        manifest: of the reader.
    """
    first = manifest.onnx if isinstance(manifest.onnx, Mapping) else manifest.onnx[0]
    return {
        "name": manifest.architecture,
        "sha256": first["sha256"],
        "plan_sha256": manifest.plan_sha256,
        "dataset_sha256": manifest.dataset_sha256,
        "software": software(),
    }


@cache
def software() -> str:
    """What reads, with its version."""
    try:
        return f"{DISTRIBUTION} {version(DISTRIBUTION)}"
    except PackageNotFoundError:
        return DISTRIBUTION
