"""The heads of a detector: arrays in, arrays out, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.runtime import REFERENCE, Runtime, load_network, preferred

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
        runtime = Runtime(preferred() or REFERENCE.engine)
        loaded = load_network(model, name=model.name, threads=threads, runtime=runtime)
        self._run = loaded.run

    def run(self, *given: Array) -> Sequence[Array]:
        """Every answer, in the order of the file.

        Args:
            given: one array for every input of the file.
        """
        answers: Sequence[Array] = self._run(*given)
        return answers
