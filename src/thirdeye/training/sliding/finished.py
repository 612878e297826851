"""A finished round on disk, so that a killed training goes on with the next one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from thirdeye.errors import StageFailed
from thirdeye.model.build_sliding import build_sliding
from thirdeye.training.sliding.cases import HardPlaces
from thirdeye.transform.sliding.settings import SlidingSettings

_PREFIX = "network."


@dataclass(frozen=True)
class FinishedRound:
    """What a round leaves behind.

    Args:
        network: averaged, in evaluation mode.
        history: one record a stretch.
        learnt_from: hard negatives that this round had.
        hard: false peaks that it found afterwards.
        read: images in which it looked for them.
    """

    network: nn.Module
    history: list[dict[str, float]]
    learnt_from: int
    hard: HardPlaces
    read: int


def save_round(folder: Path | None, key: str, stem: str, number: int, done: FinishedRound) -> None:
    """Write it, atomically; a folder of None keeps nothing.

    Args:
        folder: where to.
        key: identity of the training.
        stem: of its files.
        number: of the round, from 0.
        done: what it left behind.

    Raises:
        StageFailed: it cannot be written.
    """
    if folder is None:
        return
    path = _path(folder, stem, number)
    tensors = {_PREFIX + name: value.contiguous() for name, value in done.network.state_dict().items()}
    for name in ("rows", "places", "scores"):
        tensors[name] = torch.from_numpy(np.ascontiguousarray(getattr(done.hard, name)))
    about = {"key": key, "history": done.history, "learnt_from": done.learnt_from, "read": done.read}
    draft = path.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_file(tensors, draft, metadata={"about": json.dumps(about)})
        draft.replace(path)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            draft.unlink()
        raise StageFailed(
            f"cannot keep the finished round in {path.name}: {error}; free some space and run again"
        ) from error


def load_round(
    folder: Path | None, key: str, stem: str, number: int, how: SlidingSettings, network: str
) -> FinishedRound | None:
    """What `save_round` wrote for this training; None where there is no such file.

    Args:
        folder, key, stem, number: as there.
        how: images are read.
        network: its name.
    """
    if folder is None:
        return None
    try:
        with safe_open(_path(folder, stem, number), framework="pt") as file:
            about: dict[str, Any] = json.loads(file.metadata()["about"])
            if about["key"] != key:
                return None
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        fresh = build_sliding(network, n_in=how.view.channels, n_out=how.n_outputs)
        fresh.load_state_dict(
            {name.removeprefix(_PREFIX): tensors[name] for name in tensors if name.startswith(_PREFIX)}
        )
        hard = HardPlaces(*(tensors[name].numpy() for name in ("rows", "places", "scores")))
        return FinishedRound(
            fresh.eval(), about["history"], int(about["learnt_from"]), hard, int(about["read"])
        )
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError):
        return None


def _path(folder: Path, stem: str, number: int) -> Path:
    return folder / f"{stem}_round_{number}.safetensors"
