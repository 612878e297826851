"""An int8 network from the exported one: post-training quantisation with images of the development part.

ONNX Runtime's own tool writes pairs of QuantizeLinear and DequantizeLinear (QDQ) around convolutions, which
both ONNX Runtime and OpenVINO turn into int8 arithmetic (Jacob et al., CVPR 2018). Weights get a scale per
channel; ranges of activations are means over batches of the smallest and largest value. The last layers, of a
few numbers each, stay as they are.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import MissingExtra
from thirdeye.inference.engine import INPUT, OUTPUTS

MOST_IMAGES = 128
_BATCH = 8
_OPERATORS = ["Conv", "Add", "MaxPool", "AveragePool"]


def quantise(network: bytes, prepared: NDArray[np.uint8]) -> bytes:
    """The int8 form of an exported network, as an ONNX file.

    Args:
        network: content of ``model.onnx``.
        prepared: (n, S, S, 3) development images that the ranges are taken from; the first `MOST_IMAGES`.
            They must not be among those that the loss is measured on.

    Raises:
        MissingExtra: the package onnx is not installed.
    """
    if find_spec("onnx") is None:
        raise MissingExtra("making an int8 network", "train")
    import onnx
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    model = onnx.load_model_from_string(network)
    before = logging.root.level
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "int8.onnx"
        try:
            logging.root.setLevel(logging.ERROR)  # its advice on pre-processing goes to the root logger
            quantize_static(
                model,
                target,
                _batches(prepared[:MOST_IMAGES]),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=_OPERATORS,
                nodes_to_exclude=_last_layers(model),
                extra_options={"CalibMovingAverage": True},
            )
        finally:
            logging.root.setLevel(before)
        return target.read_bytes()


def _last_layers(model: Any) -> list[str]:
    """Names of the nodes that write an output; unnamed nodes are given a name."""
    for index, node in enumerate(model.graph.node):
        node.name = node.name or f"node_{index}"
    return [node.name for node in model.graph.node if set(node.output) & set(OUTPUTS)]


def _batches(prepared: NDArray[np.uint8]) -> Any:
    from onnxruntime.quantization import CalibrationDataReader

    def inputs() -> Iterator[dict[str, NDArray[np.float32]]]:
        for start in range(0, len(prepared), _BATCH):
            images = np.moveaxis(np.asarray(prepared[start : start + _BATCH]), -1, 1).astype(np.float32)
            yield {INPUT: np.ascontiguousarray(images / 255)}

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = inputs()

        def get_next(self) -> dict[str, NDArray[np.float32]] | None:
            return next(self.left, None)

    return Reader()
