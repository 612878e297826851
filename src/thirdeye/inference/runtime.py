"""What runs a network: ONNX Runtime, or OpenVINO where it is installed; arrays in, arrays out, no torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import MissingExtra, StudyMismatch, UsageError
from thirdeye.inference.network_file import interface, refuse_unsafe

Engines = Literal["onnxruntime", "openvino"]
Precision = Literal["f32", "bf16", "int8"]
ENGINES: tuple[Engines, ...] = ("onnxruntime", "openvino")
PRECISIONS: tuple[Precision, ...] = ("f32", "bf16", "int8")
_SPOKEN = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
Array = NDArray[np.float32]
PIXELS_OF_A_PASS = 2 * 224 * 224  # measured from 96 to 224 px: beyond it the cache is too small


@dataclass(frozen=True)
class Runtime:
    """An engine and how finely it computes.

    Args:
        engine: "onnxruntime" or "openvino".
        precision: "f32", "bf16" (OpenVINO alone) or "int8" (a network of its own, see `quantise`).
    """

    engine: Engines = "onnxruntime"
    precision: Precision = "f32"

    def __str__(self) -> str:
        """For a person."""
        return f"{_SPOKEN[self.engine]} {self.precision}"


REFERENCE = Runtime()
_preferred: ContextVar[Engines | None] = ContextVar("preferred engine", default=None)


def runtime_of(engine: str, precision: str) -> Runtime:
    """A runtime by names.

    Raises:
        UsageError: there is no such engine or precision, or they do not go together.
        MissingExtra: OpenVINO is not installed.
    """
    if engine not in ENGINES:
        raise UsageError(f"no engine is called '{engine}'; choose {' or '.join(ENGINES)}")
    if precision not in PRECISIONS:
        raise UsageError(f"no precision is called '{precision}'; choose from {', '.join(PRECISIONS)}")
    if engine == "onnxruntime" and precision == "bf16":
        raise UsageError(
            "ONNX Runtime does not compute in bf16; choose --engine openvino, or another precision"
        )
    if engine == "openvino" and not has_openvino():
        raise MissingExtra("reading with OpenVINO", "openvino")
    return Runtime(engine, precision)


def has_openvino() -> bool:
    """Whether OpenVINO is installed."""
    return find_spec("openvino") is not None


@contextmanager
def preferring(engine: Engines | None) -> Iterator[None]:
    """Readers that are opened inside take this engine, where they know several; None leaves it to them."""
    before = _preferred.set(engine)
    try:
        yield
    finally:
        _preferred.reset(before)


def preferred() -> Engines | None:
    """The engine that was asked for around this call."""
    return _preferred.get()


@dataclass(frozen=True)
class Loaded:
    """A network ready to run.

    Args:
        inputs, outputs: their names.
        run: one array for every input, to one for every output.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    run: Callable[..., Sequence[Any]]


def load_network(
    network: Path | bytes, *, name: str, threads: int, runtime: Runtime = REFERENCE, images: bool = False
) -> Loaded:
    """A network file, looked through and then loaded.

    Args:
        network: an ONNX file, or its content; a file takes less memory, as it is never held whole.
        name: of the file, for messages.
        threads: of one pass.
        runtime: what runs it; of "int8" the file itself has to be an int8 network.
        images: its one input is a batch of small images of one size; else windows, of which each is large.

    Raises:
        StudyMismatch: it is not a plain ONNX network, or the runtime cannot load it.
    """
    _look_through(network, name)
    try:
        if runtime.engine == "openvino":
            return _with_openvino(network, threads, runtime.precision, images)
        return _with_onnxruntime(network, threads, images)
    except Exception as error:  # both runtimes raise many unrelated types
        said = (str(error).splitlines() or [type(error).__name__])[0]
        reason = said.replace(str(network), name)[:200] if isinstance(network, Path) else said[:200]
        raise StudyMismatch(f"{name} cannot be loaded ({reason}); train the study again") from error


def _look_through(network: Path | bytes, name: str) -> None:
    if isinstance(network, bytes):
        return refuse_unsafe(network, name)
    try:
        with network.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as content:
            refuse_unsafe(content, name)
    except (OSError, ValueError) as error:  # ValueError: it is empty
        raise StudyMismatch(
            f"{name} cannot be opened; copy the whole study folder, or train again"
        ) from error


def _with_onnxruntime(network: Path | bytes, threads: int, images: bool) -> Loaded:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # messages become exceptions
    options.enable_mem_pattern = images  # planning ahead doubles the memory of a volume's window
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    inputs = tuple(one.name for one in session.get_inputs())

    def run(*given: Array) -> Sequence[Any]:
        answers: Sequence[Any] = session.run(None, dict(zip(inputs, given, strict=True)))
        return answers

    return Loaded(
        inputs, tuple(one.name for one in session.get_outputs()), _few_at_a_time(run) if images else run
    )


def _few_at_a_time(run: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
    """The same, a few images a pass: what is computed of more does not stay in the processor's cache.

    At 224 px one image or two a pass take a quarter less processor time than 16, and far less memory.
    """

    def of_batch(given: Array) -> Sequence[Any]:
        few = max(1, PIXELS_OF_A_PASS // (given.shape[-2] * given.shape[-1]))
        if len(given) <= few:
            return run(given)
        parts = [run(given[start : start + few]) for start in range(0, len(given), few)]
        return [np.concatenate(each) for each in zip(*parts, strict=True)]

    return of_batch


def _with_openvino(network: Path | bytes, threads: int, precision: Precision, images: bool) -> Loaded:
    from thirdeye.inference.openvino_quiet import openvino

    core = openvino().Core()
    content = network if isinstance(network, bytes) else network.read_bytes()
    model = core.read_model(content, b"")
    if images:
        shape = model.inputs[0].partial_shape
        shape[0] = 1
        model.reshape(shape)
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        "NUM_STREAMS": threads if images else 1,
    }
    compiled = core.compile_model(model, "CPU", settings)
    run = _each_alone(compiled, threads) if images else _as_given(compiled)
    return Loaded(*interface(content), run)  # OpenVINO knows a port by several names


def _as_given(compiled: Any) -> Callable[..., Sequence[Any]]:
    def run(*given: Array) -> Sequence[Any]:
        found = compiled(list(given))
        return [np.array(found[index]) for index in range(len(compiled.outputs))]

    return run


def _each_alone(compiled: Any, threads: int) -> Callable[..., Sequence[Any]]:
    """Images of a batch one by one, as many at a time as there are threads.

    A network of fixed size is prepared once; one of any batch is prepared anew for every size that comes.
    """
    from thirdeye.inference.openvino_quiet import openvino

    requests = openvino().AsyncInferQueue(compiled, threads)
    n_outputs = len(compiled.outputs)
    answers: dict[int, list[Any]] = {}

    def keep(request: Any, row: int) -> None:
        answers[row] = [np.array(request.get_output_tensor(index).data) for index in range(n_outputs)]

    requests.set_callback(keep)

    def run(given: Array) -> Sequence[Any]:
        answers.clear()
        for row in range(len(given)):
            requests.start_async([given[row : row + 1]], userdata=row)
        requests.wait_all()
        return [
            np.concatenate([answers[row][index] for row in range(len(given))]) for index in range(n_outputs)
        ]

    return run
