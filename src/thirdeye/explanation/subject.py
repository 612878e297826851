"""Subjects: a reader as ONNX Runtime runs it, or torch networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.explanation.method import Images, Subject
from thirdeye.inference.engine import Engine

BATCH = 32


def of_engine(engine: Engine, networks: Sequence[Any] = ()) -> Subject:
    """A reader by its ONNX network; `networks` its members, for methods that need gradients."""

    def logits(images: Images) -> NDArray[np.float32]:
        return np.concatenate([engine.run(part).logits for part in _batches(images)])

    def cam(images: Images) -> NDArray[np.float32]:
        return np.concatenate([engine.run(part).cam for part in _batches(images)])

    return Subject(logits, cam, tuple(networks))


def of_network(network: Any) -> Subject:
    """One torch network in evaluation mode."""
    import torch

    from thirdeye.explanation.cam import class_activation_maps

    def logits(images: Images) -> NDArray[np.float32]:
        with torch.inference_mode():
            return np.concatenate([network(torch.from_numpy(part)).numpy() for part in _batches(images)])

    def cam(images: Images) -> NDArray[np.float32]:
        with torch.inference_mode():
            parts = [class_activation_maps(network, torch.from_numpy(part)) for part in _batches(images)]
        return np.concatenate([part.numpy() for part in parts])

    return Subject(logits, cam, (network,))


def as_images(prepared: NDArray[np.uint8]) -> Images:
    """(B, 3, S, S) in 0..1 of prepared images (B, S, S, 3)."""
    return np.ascontiguousarray(np.moveaxis(prepared, -1, 1), dtype=np.float32) / np.float32(255)


def _batches(images: Images) -> list[Images]:
    return [np.ascontiguousarray(images[at : at + BATCH]) for at in range(0, len(images), BATCH)]
