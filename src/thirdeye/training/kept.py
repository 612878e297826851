"""A finished network on disk, so that a killed run does not train it again."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from thirdeye.errors import StageFailed

_ABOUT = "about"


def keep_network(path: Path, network: nn.Module, *, key: str, about: dict[str, Any]) -> None:
    """Write a network and what is known of it in one file, atomically.

    Args:
        path: file to write.
        network: finished.
        key: what the training was; it is read back under no other.
        about: JSON-ready.

    Raises:
        StageFailed: it cannot be written.
    """
    tensors = {name: value.detach().contiguous().clone() for name, value in network.state_dict().items()}
    draft = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(tensors, draft, metadata={_ABOUT: json.dumps({"key": key, **about})})
        draft.replace(path)
    except (OSError, SafetensorError) as error:
        with suppress(OSError):
            draft.unlink()
        raise StageFailed(
            f"cannot keep the finished network in {path.name}: {error}; free some space and run again"
        ) from error


def kept_network(path: Path, network: nn.Module, *, key: str) -> dict[str, Any] | None:
    """Put kept weights into a network; what `keep_network` was told of it.

    None, and the network is as it was, where there is no such file, it was kept under another key, is damaged
    or does not fit.
    """
    own = network.state_dict()
    try:
        with safe_open(path, framework="pt") as file:
            about: dict[str, Any] = json.loads(file.metadata()[_ABOUT])
            if about.pop("key") != key or set(file.keys()) != set(own):
                return None
            tensors = {name: file.get_tensor(name) for name in own}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError):
        return None
    if any(tensors[name].shape != value.shape for name, value in own.items()):
        return None
    network.load_state_dict(tensors)
    return about
