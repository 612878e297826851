"""Counting layers in the header of a file of weights."""

from pathlib import Path

import pytest

from thirdeye.report.tensors import Tensors, count_tensors


def test_agrees_with_the_library_that_writes_such_files(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    safetensors = pytest.importorskip("safetensors.torch")
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.Conv2d(8, 4, 1), torch.nn.Linear(4, 2)
    )
    safetensors.save_file(network.state_dict(), tmp_path / "member_0.safetensors")
    found = count_tensors(tmp_path / "member_0.safetensors")
    learned = sum(parameter.numel() for parameter in network.parameters())
    assert found == Tensors(parameters=learned, convolutions=2, linear=1, normalisations=1)
    assert found.text == "2 convolutions, 1 normalisation, 1 linear layer"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"\xff" * 64,
        (4).to_bytes(8, "little") + b"[1] ",
        (9).to_bytes(8, "little") + b'{"a": 1} ',
    ],
)
def test_what_is_no_file_of_weights_counts_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert count_tensors(tmp_path / "a") is None
    assert count_tensors(tmp_path / "missing") is None
