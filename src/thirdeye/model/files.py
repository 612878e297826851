"""A network's weights on disk: safetensors, which hold numbers and nothing that runs."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model

from thirdeye.errors import StudyMismatch
from thirdeye.model.network import Network


def save_network(network: Network, path: Path) -> None:
    """Write the weights of a network.

    Raises:
        OSError: the file cannot be written, for example on a full disk.
    """
    try:
        save_model(network, str(path))
    except SafetensorError as error:  # how a full disk is reported
        raise OSError(str(error)) from error


def load_network(network: Network, path: Path) -> Network:
    """Fill a network of the same architecture with weights from a file.

    Returns:
        The same network, channels last: a pass takes half the time.

    Raises:
        StudyMismatch: the file is not there, is damaged, or belongs to another architecture.
    """
    try:
        load_model(network, str(path))
    except (SafetensorError, RuntimeError, OSError) as error:
        raise StudyMismatch(
            f"{path.name} does not hold the weights of this study's network ({error}); "
            "train again, or restore it"
        ) from error
    return network.to(memory_format=torch.channels_last)
