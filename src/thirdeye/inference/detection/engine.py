"""The heads of a detector as ONNX Runtime runs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

Array = NDArray[np.float32]


class OnnxHeads:
    """An ONNX file ready to run.

    Args:
        model: the file.
        threads: of one pass.

    Raises:
        StudyMismatch: it cannot be loaded.
    """

    def __init__(self, model: Path, *, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # messages become exceptions
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises many unrelated types
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise StudyMismatch(f"{model.name} cannot be loaded ({reason}); train the study again") from error
        self._inputs = [one.name for one in self._session.get_inputs()]

    def run(self, *given: Array) -> Sequence[Array]:
        """Every answer, in the order of the file.

        Args:
            given: one array for every input of the file.
        """
        answers: Sequence[Array] = self._session.run(None, dict(zip(self._inputs, given, strict=True)))
        return answers
