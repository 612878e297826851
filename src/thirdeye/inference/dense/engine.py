"""A dense network as ONNX Runtime (or OpenVINO, where it is installed) runs it: windows in, logits out."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from thirdeye.errors import StudyMismatch

INPUT, OUTPUT = "windows", "logits"
Array = NDArray[np.float32]
Runtime = Literal["onnxruntime", "openvino"]


def fastest_runtime() -> Runtime:
    """OpenVINO where it is installed: it reads volumes about twice as fast, with the same labels."""
    return "openvino" if find_spec("openvino") is not None else "onnxruntime"


class DenseEngine:
    """An ONNX file ready to run.

    Args:
        model: the file.
        threads: of one pass.
        runtime: what runs it; None takes the fastest that is installed.

    Raises:
        StudyMismatch: it is not a dense network of this package.
    """

    def __init__(self, model: Path, *, threads: int, runtime: Runtime | None = None) -> None:
        self.runtime = runtime or fastest_runtime()
        load = _with_openvino if self.runtime == "openvino" else _with_onnxruntime
        try:
            self._run = load(model, threads)
        except Exception as error:  # both runtimes raise many unrelated types
            reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise StudyMismatch(f"{model.name} cannot be loaded ({reason}); train the study again") from error

    def run(self, windows: Array) -> Array:
        """Logits (B, K, ...) of windows (B, C, ...) float32."""
        logits: Array = self._run(windows)
        return logits


def _with_onnxruntime(model: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # messages become exceptions
    options.enable_mem_pattern = False  # it doubles the memory of a volume's window and gains no time
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    _check([one.name for one in session.get_inputs()], [one.name for one in session.get_outputs()])
    return lambda windows: session.run([OUTPUT], {INPUT: windows})[0]


def _with_openvino(model: Path, threads: int) -> Any:
    import openvino

    core = openvino.Core()
    network = core.read_model(str(model))
    _check([one.get_any_name() for one in network.inputs], [one.get_any_name() for one in network.outputs])
    settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(network, "CPU", settings)
    return lambda windows: np.array(compiled([windows])[0])


def _check(inputs: list[str], outputs: list[str]) -> None:
    if inputs != [INPUT] or outputs != [OUTPUT]:
        raise ValueError(f"expected {INPUT} and {OUTPUT}, found {', '.join([*inputs, *outputs])}")
