"""Engines: the same answers, names that are refused, and silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from thirdeye.errors import StudyMismatch, UsageError
from thirdeye.inference import runtime
from thirdeye.inference.engine import Engine
from thirdeye.inference.runtime import Runtime, has_openvino, load_network, preferred, preferring, runtime_of

needs_openvino = pytest.mark.skipif(not has_openvino(), reason="needs the extra openvino")

SILENT = """
import socket, sys
def refuse(*_, **__): raise SystemExit("a connection was tried")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from thirdeye.inference.openvino_quiet import openvino
openvino().Core()
loaded = [name for name, module in sys.modules.items() if module and name.startswith("openvino_telemetry")]
print(loaded, sys.modules.get("openvino_telemetry"), "openvino.tools.ovc" in sys.modules)
"""


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).random((3, 3, 32, 32), dtype=np.float32)


@needs_openvino
@pytest.mark.parametrize(("precision", "tolerance"), [("f32", 1e-4), ("bf16", 0.05)])
def test_openvino_says_what_onnx_runtime_says(
    blob_study: Path, images, precision: str, tolerance: float
) -> None:
    path = blob_study / "model/model.onnx"
    expected = Engine(path, threads=1).run(images)
    found = Engine(path, threads=1, runtime=Runtime("openvino", precision)).run(images)
    spread = max(float(expected.logits.std()), 1.0)
    np.testing.assert_allclose(found.logits, expected.logits, atol=tolerance * spread)
    np.testing.assert_allclose(found.features, expected.features, atol=tolerance)
    assert found.cam.shape == expected.cam.shape
    assert found.members.shape == expected.members.shape


@needs_openvino
def test_openvino_sends_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", SILENT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["[]", "None", "False"]


@needs_openvino
def test_answers_are_the_callers(blob_study: Path, images) -> None:
    engine = Engine(blob_study / "model/model.onnx", threads=1, runtime=Runtime("openvino"))
    first = engine.run(images)
    kept = first.logits.copy()
    engine.run(images[::-1].copy())
    np.testing.assert_array_equal(first.logits, kept)


@pytest.mark.parametrize(
    ("engine", "precision", "said"),
    [
        ("tensorrt", "f32", "no engine is called 'tensorrt'; choose onnxruntime or openvino"),
        ("onnxruntime", "f16", "no precision is called 'f16'"),
        ("onnxruntime", "bf16", "ONNX Runtime does not compute in bf16"),
    ],
)
def test_unknown_engines_are_refused(engine: str, precision: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        runtime_of(engine, precision)


def test_a_missing_openvino_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thirdeye.inference.runtime.has_openvino", lambda: False)
    with pytest.raises(UsageError, match=r"thirdeye-imaging\[openvino\]"):
        runtime_of("openvino", "f32")


def test_a_preference_ends_with_its_block() -> None:
    assert preferred() is None
    with preferring("openvino"), preferring("onnxruntime"):
        assert preferred() == "onnxruntime"
    assert preferred() is None


def test_an_operator_that_nobody_knows_is_a_sentence() -> None:
    onnx = pytest.importorskip("onnx")
    from onnx import TensorProto, helper

    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Explode", ["x"], ["y"])], "g", info[:1], info[1:])
    content = helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(StudyMismatch, match=r"model.onnx cannot be loaded .*Explode"):
        load_network(content.SerializeToString(), name="model.onnx", threads=1)


@pytest.mark.parametrize("content", [b"", b"\x3a\x02\x0a\x00"])
def test_a_damaged_file_is_a_sentence_without_its_place(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(StudyMismatch, match=r"model\.onnx cannot be (loaded|opened)") as told:
        load_network(path, name=path.name, threads=1)
    assert str(tmp_path) not in str(told.value)


def test_a_file_and_its_content_say_the_same(blob_study: Path, images) -> None:
    path = blob_study / "model" / "model.onnx"
    by_file, by_content = (Engine(one, threads=1).run(images) for one in (path, path.read_bytes()))
    np.testing.assert_array_equal(by_file.logits, by_content.logits)


def test_a_batch_is_passed_a_few_images_at_a_time_with_the_same_answers(
    blob_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = np.random.default_rng(1).random((7, 3, 32, 32), dtype=np.float32)
    engine = Engine(blob_study / "model/model.onnx", threads=1)
    whole = engine.run(given)
    monkeypatch.setattr(runtime, "PIXELS_OF_A_PASS", 2 * 32 * 32)
    parts = engine.run(given)
    for name in ("logits", "features", "cam", "members"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), atol=1e-5)
    asked: list[int] = []

    def run(images: np.ndarray) -> list[np.ndarray]:
        asked.append(len(images))
        return [images.mean(axis=(1, 2, 3))]

    (found,) = runtime._few_at_a_time(run)(given)
    assert asked == [2, 2, 2, 1]
    np.testing.assert_array_equal(found, given.mean(axis=(1, 2, 3)))
    asked.clear()
    runtime._few_at_a_time(run)(np.zeros((2, 3, 300, 300), np.float32))
    assert asked == [1, 1]  # never none
