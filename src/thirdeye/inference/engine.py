"""The network as ONNX Runtime runs it: arrays in, arrays out, no torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

INPUT = "images"
OUTPUTS = ("logits", "feature_map", "cam")


@dataclass(frozen=True)
class Pass:
    """What one pass gives for a batch of B images.

    Args:
        logits: (B, K) float32.
        features: (B, C) globally averaged features of all members.
        cam: (B, K, h, w) class activation map; its mean over (h, w) plus a bias is the logit.
    """

    logits: NDArray[np.float32]
    features: NDArray[np.float32]
    cam: NDArray[np.float32]


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
        if outputs != OUTPUTS:
            raise StudyMismatch(
                f"model.onnx should give {', '.join(OUTPUTS)}, but gives {', '.join(outputs)}"
            )

    def run(self, images: NDArray[np.float32]) -> Pass:
        """One pass.

        Args:
            images: (B, 3, S, S) float32 in 0..1.
        """
        logits, feature_map, cam = self._session.run(list(OUTPUTS), {INPUT: images})
        return Pass(logits, np.asarray(feature_map).mean(axis=(2, 3)), cam)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
