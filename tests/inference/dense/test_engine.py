"""Engines: what they refuse, and that all give the same answer."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.inference.dense.engine import DenseEngine, fastest_runtime

RUNTIMES = [
    "onnxruntime",
    pytest.param(
        "openvino", marks=pytest.mark.skipif(find_spec("openvino") is None, reason="needs the extra openvino")
    ),
]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("axes", [2, 3])
def test_answers_are_those_of_the_network(picture_study: Path, volume_study: Path, runtime, axes) -> None:
    study = {2: picture_study, 3: volume_study}[axes]
    engine = DenseEngine(study / "model/member_0.onnx", threads=1, runtime=runtime)
    windows = np.random.default_rng(0).normal(size=(2, 1, *[8] * axes)).astype(np.float32)
    found = engine.run(windows)
    expected = np.concatenate([0 * windows, 10 * windows - 3, -10 * windows - 3], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    kept = found.copy()
    engine.run(windows + 1)
    np.testing.assert_array_equal(found, kept)  # the answer is the caller's


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_what_is_no_network_is_refused(tmp_path: Path, runtime) -> None:
    path = tmp_path / "member.onnx"
    path.write_bytes(b"no network at all")
    with pytest.raises(StudyMismatch, match=r"member.onnx cannot be loaded .*train the study again"):
        DenseEngine(path, threads=1, runtime=runtime)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_network_of_another_kind_is_refused(tmp_path: Path, runtime) -> None:
    import onnx
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"])], "other",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
    )  # fmt: skip
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
        tmp_path / "x.onnx",
    )
    with pytest.raises(StudyMismatch, match="expected windows and logits, found x, y"):
        DenseEngine(tmp_path / "x.onnx", threads=1, runtime=runtime)


def test_the_fastest_is_what_is_installed() -> None:
    assert fastest_runtime() == ("onnxruntime" if find_spec("openvino") is None else "openvino")
