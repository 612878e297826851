"""The network as ONNX Runtime runs it: arrays in, arrays out, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

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

    Raises:
        StudyMismatch: it is not an ONNX network of this package.
    """

    def __init__(self, model: Path | bytes, *, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # messages become exceptions below
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        content = model if isinstance(model, bytes) else str(model)
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises a dozen unrelated types
            raise StudyMismatch(
                f"model.onnx cannot be loaded ({_first_line(error)}); train the study again"
            ) from error
        outputs = tuple(output.name for output in self._session.get_outputs())
        if outputs not in (OUTPUTS, _EARLY):
            raise StudyMismatch(
                f"model.onnx should give {', '.join(OUTPUTS)}, but gives {', '.join(outputs)}"
            )
        self._outputs = outputs

    def run(self, images: NDArray[np.float32]) -> Pass:
        """One pass.

        Args:
            images: (B, 3, S, S) float32 in 0..1.
        """
        found = dict(zip(self._outputs, self._session.run(None, {INPUT: images}), strict=True))
        features = np.asarray(found["feature_map"]).mean(axis=(2, 3))
        return Pass(found["logits"], features, found["cam"], found.get("member_logits"))


def joined(passes: Sequence[Pass]) -> Pass:
    """Passes over one batch after the other as one; at least one."""
    parts: dict[str, Any] = {}
    for name in Pass.__dataclass_fields__:
        each = [getattr(one, name) for one in passes]
        parts[name] = None if each[0] is None else np.concatenate(each)
    return Pass(**parts)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
