"""A torch detector where reading expects one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.inference.detection.heads import OneLook, Run, TwoLooks, WindowReader
from thirdeye.model.detectors.detection_network import DetectionNetwork


def torch_reader(network: DetectionNetwork) -> WindowReader:
    """A detector in evaluation mode, reading windows as its exported file will."""
    runs = [_run(part.eval()) for part in network.eval().parts().values()]
    return (
        OneLook(runs[0], network.anchors) if len(runs) == 1 else TwoLooks(runs[0], runs[1], network.anchors)
    )


def _run(part: nn.Module) -> Run:
    def run(*given: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        with torch.inference_mode():
            answers = part(*(torch.from_numpy(np.ascontiguousarray(one)) for one in given))
        return [one.numpy() for one in answers]

    return run
