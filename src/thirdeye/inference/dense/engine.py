"""A dense network as ONNX Runtime (or OpenVINO, where it is installed) runs it: windows in, logits out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch
from thirdeye.inference.runtime import Engines, Runtime, has_openvino, load_network, preferred

INPUT, OUTPUT = "windows", "logits"
Array = NDArray[np.float32]


def fastest_runtime() -> Engines:
    """OpenVINO where it is installed: it reads volumes about twice as fast, with the same labels."""
    return "openvino" if has_openvino() else "onnxruntime"


class DenseEngine:
    """An ONNX file ready to run.

    Args:
        model: the file.
        threads: of one pass.
        runtime: what runs it; None takes the one that is asked for, else the fastest that is installed.

    Raises:
        StudyMismatch: it is not a dense network of this package.
    """

    def __init__(self, model: Path, *, threads: int, runtime: Engines | None = None) -> None:
        self.runtime: Engines = runtime or preferred() or fastest_runtime()
        how = Runtime(self.runtime)
        loaded = load_network(model, name=model.name, threads=threads, runtime=how)
        if loaded.inputs != (INPUT,) or loaded.outputs != (OUTPUT,):
            found = ", ".join([*loaded.inputs, *loaded.outputs])
            raise StudyMismatch(
                f"{model.name} cannot be loaded (expected {INPUT} and {OUTPUT}, found {found}); train the "
                "study again"
            )
        self._run = loaded.run

    def run(self, windows: Array) -> Array:
        """Logits (B, K, ...) of windows (B, C, ...) float32."""
        logits: Array = self._run(windows)[0]
        return logits
