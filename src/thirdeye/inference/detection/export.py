"""A detector as ONNX files, compared with torch before they are kept.

What is exported are the heads; anchors, decoding and suppression are done by the reader (see
`thirdeye.inference.detection.heads`), so that no operator is needed that a runtime may lack.
"""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from thirdeye.errors import StageFailed
from thirdeye.inference.detection.engine import OnnxHeads
from thirdeye.model.detectors.detection_network import DetectionNetwork
from thirdeye.model.detectors.two_stage import JUDGE

OPSET = 17
TOLERANCE = 1e-3  # of the spread of an answer
LEAST_SPREAD = 0.01  # below which the spread of an untrained head says nothing


def export_detector(network: DetectionNetwork, folder: Path, stem: str) -> list[dict[str, str]]:
    """Write every part of a detector.

    Args:
        network: in evaluation mode.
        folder: where to; the files appear only after they have passed the comparison.
        stem: the files are STEM_PART.onnx.

    Returns:
        {"file", "sha256"} of each, in the order of `DetectionNetwork.parts`.

    Raises:
        StageFailed: ONNX Runtime disagrees with torch by more than `TOLERANCE` of an answer's spread.
    """
    network = network.eval()
    side = network.anchors.trial_px
    window = torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(0))
    files: list[dict[str, str]] = []
    given: tuple[Tensor, ...] = (window,)
    answers: tuple[Tensor, ...] = ()
    for name, part in network.parts().items():
        if name == JUDGE:
            given = _with_candidates(answers[2:], side)
        path = folder / f"{stem}_{name}.onnx"
        with torch.inference_mode():
            answers = part(*given)
        _write(part, path, given, answers)
        files.append({"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()})
    return files


def _with_candidates(levels: tuple[Tensor, ...], side: int) -> tuple[Tensor, ...]:
    """Features, and two candidates for each level."""
    boxes = torch.tensor([[0.0, 2.0, 3.0, side / 2, side / 3], [0.0, 5.0, 1.0, side - 1.0, side - 4.0]])
    return (*levels, *(boxes.clone() for _ in levels))


def _write(part: nn.Module, path: Path, given: tuple[Tensor, ...], expected: tuple[Tensor, ...]) -> None:
    draft = path.with_name(path.name + ".part")
    inputs = [f"input_{at}" for at in range(len(given))]
    outputs = [f"output_{at}" for at in range(len(expected))]
    free = {
        name: {axis: f"{name}_{axis}" for axis in _free_axes(one)}
        for name, one in zip([*inputs, *outputs], [*given, *expected], strict=True)
    }
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                part, given, str(draft), input_names=inputs, output_names=outputs, opset_version=OPSET,
                dynamo=False, dynamic_axes=free,
            )  # fmt: skip
        found = OnnxHeads(draft, threads=torch.get_num_threads()).run(*(one.numpy() for one in given))
        for name, one, other in zip(outputs, found, expected, strict=True):
            _compare(f"{path.stem} ({name})", one, other.numpy())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _free_axes(one: Tensor) -> tuple[int, ...]:
    """Images (B, C, H, W) in number and size, lists (B, n, k) in both, candidates (m, k) in number."""
    return {4: (0, 2, 3), 3: (0, 1), 2: (0,)}[one.ndim]


def _compare(what: str, found: np.ndarray, expected: np.ndarray) -> None:
    gap, spread = float(np.abs(found - expected).max(initial=0.0)), float(expected.std())
    if found.shape != expected.shape or not gap <= TOLERANCE * max(spread, LEAST_SPREAD):
        raise StageFailed(
            f"the exported {what} disagrees with the trained network by {gap:.2g} (spread {spread:.2g}); "
            "report this with your versions of torch and onnxruntime"
        )
