"""Network files that would reach out of themselves are refused before anything loads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thirdeye.errors import StudyMismatch
from thirdeye.inference.network_file import interface, refuse_unsafe

onnx = pytest.importorskip("onnx")


def network(change: Callable[[Any], None] | None = None) -> bytes:
    """Relu(x) + w, changed."""
    from onnx import TensorProto, helper

    weight = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, 2.0])
    nodes = [helper.make_node("Relu", ["x"], ["r"]), helper.make_node("Add", ["r", "w"], ["y"])]
    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in "xy"]
    graph = helper.make_graph(nodes, "plain", info[:1], info[1:], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if change is not None:
        change(model)
    return model.SerializeToString()


def external(tensor: Any) -> None:
    tensor.ClearField("float_data")
    tensor.data_location = 1
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../secret.bin"


def weights_elsewhere(model: Any) -> None:
    external(model.graph.initializer[0])


def weights_elsewhere_without_saying_so(model: Any) -> None:
    external(model.graph.initializer[0])
    model.graph.initializer[0].ClearField("data_location")


def constant_elsewhere(model: Any) -> None:
    node = model.graph.node.add(op_type="Constant", output=["c"])
    external(node.attribute.add(name="value", type=4).t)


def sparse_elsewhere(model: Any) -> None:
    external(model.graph.sparse_initializer.add().values)


def in_a_branch(model: Any) -> None:
    branch = model.graph.node.add(op_type="If", input=["x"], output=["i"]).attribute.add(
        name="then_branch", type=5
    )
    branch.g.node.add(op_type="Run", domain="evil.ops", output=["e"])


def custom_operator(model: Any) -> None:
    model.graph.node[0].domain = "evil.ops"


def own_functions(model: Any) -> None:
    model.functions.add(name="f", domain="")


def training(model: Any) -> None:
    model.training_info.add().algorithm.node.add(op_type="Relu")


def test_a_plain_network_passes() -> None:
    refuse_unsafe(network(), "model.onnx")


def test_what_training_exports_passes(blob_study: Path) -> None:
    refuse_unsafe((blob_study / "model/model.onnx").read_bytes(), "model.onnx")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (weights_elsewhere, "weights in another file"),
        (weights_elsewhere_without_saying_so, "weights in another file"),
        (constant_elsewhere, "weights in another file"),
        (sparse_elsewhere, "weights in another file"),
        (in_a_branch, "another library .'evil.ops'"),
        (custom_operator, "another library .'evil.ops'"),
        (own_functions, "functions of its own"),
        (training, "instructions for training"),
    ],
)
def test_what_reaches_out_is_refused(change: Callable[[Any], None], why: str) -> None:
    with pytest.raises(StudyMismatch, match=f"model.onnx .*{why}.*Nothing of it was run"):
        refuse_unsafe(network(change), "model.onnx")


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"not a network", b"<net/>", b"\x80\x04cbuiltins\nopen\n", b"\x3a\xff"]
)
def test_what_is_no_network_is_refused(content: bytes) -> None:
    with pytest.raises(StudyMismatch, match="is not an ONNX network"):
        refuse_unsafe(content, "model.onnx")


def test_any_cut_ends_in_a_sentence_or_a_shorter_network() -> None:
    whole = network()
    for end in range(len(whole)):
        try:
            refuse_unsafe(whole[:end], "model.onnx")
        except StudyMismatch:
            continue


def test_nesting_has_an_end() -> None:
    from onnx import GraphProto

    def deep(model: Any) -> None:
        graph: GraphProto = model.graph
        for _ in range(40):
            graph = graph.node.add(op_type="If").attribute.add(name="then_branch", type=5).g

    with pytest.raises(StudyMismatch, match="is not an ONNX network"):
        refuse_unsafe(network(deep), "model.onnx")


def test_names_are_those_of_the_file(blob_study: Path) -> None:
    content = (blob_study / "model/model.onnx").read_bytes()
    graph = onnx.load_model_from_string(content).graph
    expected = tuple(one.name for one in graph.input), tuple(one.name for one in graph.output)
    assert interface(content) == expected


def test_weights_are_no_inputs() -> None:
    def old(model: Any) -> None:
        model.graph.input.add(name="w")  # before version 4 of the format, weights were inputs too

    assert interface(network(old)) == (("x",), ("y",))
