"""A dense network as an ONNX file, compared with torch before it is kept."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from thirdeye.errors import StageFailed
from thirdeye.inference.dense.engine import INPUT, OUTPUT, DenseEngine

OPSET = 17
TOLERANCE = 1e-3  # of the spread of the logits


def export_dense(
    network: nn.Module, path: Path, *, channels: int, patch: tuple[int, ...], any_sides: bool = False
) -> str:
    """Write a network that reads windows of `patch`, any number at a time.

    Args:
        network: in evaluation mode; one output.
        path: file to write; it appears only after it has passed the comparison.
        channels, patch: of a window.
        any_sides: whether windows of other sides are read as well.

    Returns:
        SHA-256 of the file.

    Raises:
        StageFailed: ONNX Runtime disagrees with torch by more than `TOLERANCE` of the logits' spread.
    """
    window = torch.randn(1, channels, *patch, generator=torch.Generator().manual_seed(0))
    network = network.eval()
    draft = path.with_name(path.name + ".part")
    free = {0: "batch", **({axis + 2: f"side_{axis}" for axis in range(len(patch))} if any_sides else {})}
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, (window,), str(draft), input_names=[INPUT], output_names=[OUTPUT],
                opset_version=OPSET, dynamo=False, dynamic_axes={INPUT: free, OUTPUT: _renamed(free)},
            )  # fmt: skip
            expected = network(window).numpy()
        found = DenseEngine(draft, threads=torch.get_num_threads(), runtime="onnxruntime").run(window.numpy())
        gap, spread = float(np.abs(found - expected).max()), float(expected.std())
        if not gap <= TOLERANCE * max(spread, 1e-6):
            raise StageFailed(
                f"the exported network disagrees with the trained one by {gap:.2g} (spread {spread:.2g}); "
                "report this with your versions of torch and onnxruntime"
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _renamed(free: dict[int, str]) -> dict[int, str]:
    """Sides of the answer, which need not be those of the window."""
    return {axis: name if axis == 0 else f"{name}_of_answer" for axis, name in free.items()}
