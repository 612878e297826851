"""The network of a reader of whole images: arrays in, arrays out, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.inference.runtime import REFERENCE, Runtime, load_network

INPUT = "images"
OUTPUTS = ("logits", "feature_map", "cam", "member_logits")
LATE = ("member_logits",)  # networks written by earlier versions give no such output
_EARLY = tuple(name for name in OUTPUTS if name not in LATE)


@dataclass(frozen=True)
class Pass:
    """What one pass gives for a batch of B images.

    Args:
        logits: (B, K) float32.
        features: (B, C) globally averaged features of all members.
        cam: (B, K, h, w) class activation map; its mean over (h, w) plus a bias is the logit.
        members: (B, M, K) logits of each member, whose mean over members are the logits; None where an
            earlier version wrote the network.
        by_view: (B, V, K) logits of each view that was averaged; None for a single pass.
    """

    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    cam: NDArray[np.float32]
    members: NDArray[np.float32] | None = None
    by_view: NDArray[np.float32] | None = None


class Engine:
    """An ONNX file ready to run.

    Args:
        model: the file, or its content.
        threads: of one pass.
        runtime: what runs it.

    Raises:
        StudyMismatch: it is not an ONNX network of this package.
    """

    def __init__(self, model: Path | bytes, *, threads: int, runtime: Runtime = REFERENCE) -> None:
        self._loaded = load_network(model, name="model.onnx", threads=threads, runtime=runtime, images=True)
        self.runtime = runtime
        outputs = self._loaded.outputs
        if outputs not in (OUTPUTS, _EARLY) or self._loaded.inputs != (INPUT,):
            raise StudyMismatch(
                f"model.onnx should give {', '.join(OUTPUTS)}, but gives {', '.join(outputs)}"
            )

    def run(self, images: NDArray[np.float32]) -> Pass:
        """One pass.

        Args:
            images: (B, 3, S, S) float32 in 0..1.
        """
        found = dict(zip(self._loaded.outputs, self._loaded.run(images), strict=True))
        features = np.asarray(found["feature_map"]).mean(axis=(2, 3))
        return Pass(found["logits"], features, found["cam"], found.get("member_logits"))


def joined(passes: Sequence[Pass]) -> Pass:
    """Passes over one batch after the other as one; at least one."""
    parts: dict[str, Any] = {}
    for name in Pass.__dataclass_fields__:
        each = [getattr(one, name) for one in passes]
        parts[name] = None if each[0] is None else np.concatenate(each)
    return Pass(**parts)
