"""State of an unfinished training, so that a killed run goes on where it was."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from thirdeye.errors import StageFailed
from thirdeye.training.adamw import AdamW
from thirdeye.training.averaging import WeightAverage


@dataclass
class Progress:
    """What changes while a member is trained.

    Args:
        epoch: epochs that are finished.
        history: one dict per finished epoch, JSON-ready.
        best: state of the best epoch so far; None before the first.
        best_loss: what it is best by, the lower the better: its validation loss, or its AUC with a minus.
        seconds: spent so far.
    """

    epoch: int
    history: list[dict[str, float]]
    best: dict[str, torch.Tensor] | None
    best_loss: float
    seconds: float


def save(
    path: Path,
    *,
    key: str,
    network: torch.nn.Module,
    optimiser: AdamW | torch.optim.Optimizer,
    average: WeightAverage,
    progress: Progress,
) -> None:
    """Write everything that the next epoch needs, atomically.

    Args:
        path: file to write.
        key: what the training is (hash of plan, data and member); a checkpoint of another is ignored.

    Raises:
        StageFailed: it cannot be written.
    """
    state: dict[str, Any] = {
        "key": key,
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "average": average.network.state_dict(),
        "average_step": average.step,
        "progress": vars(progress),
    }
    temporary = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, temporary)
        temporary.replace(path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
        temporary.unlink(missing_ok=True)
        raise StageFailed(
            f"cannot keep unfinished training in {path.name}: {error}; free some space and run again"
        ) from error


def load(
    path: Path,
    *,
    key: str,
    network: torch.nn.Module,
    optimiser: AdamW | torch.optim.Optimizer,
    average: WeightAverage,
) -> Progress | None:
    """Put the saved state into the given objects; None when there is no usable checkpoint of this training.

    Only tensors and plain values are read (`weights_only`): nothing in the file is executed.
    """
    try:
        if not zipfile.is_zipfile(path):
            return None
        state = torch.load(path, weights_only=True)
        if state["key"] != key:
            return None
        progress, step = Progress(**state["progress"]), int(state["average_step"])
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        average.network.load_state_dict(state["average"])
    except Exception:  # whatever is wrong with it, the work is simply done again
        return None
    average.step = step
    return progress
