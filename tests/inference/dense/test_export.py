"""A trained network as a file: the same answer, or none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.errors import StageFailed
from thirdeye.inference.dense import export
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.model.architectures.unet import UNetShape
from thirdeye.model.build_dense import build_dense


def network(axes: int) -> torch.nn.Module:
    torch.manual_seed(0)
    shape = UNetShape(1, 3, (4, 8), ((2,) * axes,), ((3,) * axes,) * 2)
    return build_dense("unet", shape)[0]


@pytest.mark.parametrize("axes", [2, 3])
def test_the_file_answers_as_torch_for_any_number_of_windows(tmp_path: Path, axes: int) -> None:
    path, made = tmp_path / "member.onnx", network(axes)
    sha256 = export.export_dense(made, path, channels=1, patch=(8,) * axes)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    windows = np.random.default_rng(1).normal(size=(3, 1, *[8] * axes)).astype(np.float32)
    with torch.inference_mode():
        expected = made.eval()(torch.from_numpy(windows)).numpy()
    found = DenseEngine(path, threads=1, runtime="onnxruntime").run(windows)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert [one.name for one in tmp_path.iterdir()] == ["member.onnx"]


def test_a_file_that_answers_otherwise_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "TOLERANCE", -1.0)
    with pytest.raises(StageFailed, match="disagrees with the trained one"):
        export.export_dense(network(2), tmp_path / "member.onnx", channels=1, patch=(8, 8))
    assert list(tmp_path.iterdir()) == []
