"""The parts of a torch detector as reading expects them: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from thirdeye.model.detectors.detection_network import DetectionNetwork

Run = Callable[..., Sequence[NDArray[np.float32]]]


def torch_runs(network: DetectionNetwork) -> list[Run]:
    """One function for each part of a detector in evaluation mode, as its exported files will be."""
    return [_run(part.eval()) for part in network.eval().parts().values()]


def _run(part: nn.Module) -> Run:
    def run(*given: NDArray[np.float32]) -> Sequence[NDArray[np.float32]]:
        with torch.inference_mode():
            answers = part(*(torch.from_numpy(np.ascontiguousarray(one)) for one in given))
        return [one.numpy() for one in answers]

    return run
