"""A network of patches as an ONNX file that reads tiles of any size, compared with torch first."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from thirdeye.inference.dense.export import export_dense
from thirdeye.model.answers import with_answers_every
from thirdeye.transform.sliding.tiles import Field

CELLS = (7, 5)  # along the sides of the tile on which both are compared


def export_sliding(network: nn.Module, path: Path, *, channels: int, field: Field) -> str:
    """Write a network that answers as often as images are read; its SHA-256.

    Args:
        network: in evaluation mode.
        path: file to write; it appears only after it has passed the comparison.
        channels: of an image.
        field: what an answer sees, and how far apart they lie.

    Raises:
        StageFailed: ONNX Runtime disagrees with torch.
    """
    sides = tuple(field.patch + field.stride * (count - 1) for count in CELLS)
    dense = with_answers_every(field.stride, network)
    return export_dense(dense, path, channels=channels, patch=sides, any_sides=True)
