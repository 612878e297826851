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
from thirdeye.model.architectures.multiscale_patch import PatchShape
from thirdeye.model.architectures.unet import UNetShape
from thirdeye.model.build_dense import build_dense
from thirdeye.transform.dense.windows import Windows, read_slabs


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


@pytest.mark.parametrize("axes", [2, 3])
def test_squares_read_from_the_file_equal_squares_read_one_by_one(tmp_path: Path, axes: int) -> None:
    """In windows with a margin; beyond the image both see zeros."""
    torch.manual_seed(0)
    shape = PatchShape(1, 3, (25, 51), 3, axes, across=2)
    made, path = build_dense("multiscale_patch", shape)[0].eval(), tmp_path / "member.onnx"
    windows = Windows((8, 6, 2)[:axes], 0.0, margin=(25, 25, 0)[:axes])
    export.export_dense(made, path, channels=1, patch=windows.seen)
    engine = DenseEngine(path, threads=1, runtime="onnxruntime")
    image = np.random.default_rng(1).normal(size=(1, 11, 9, 3)[: axes + 1]).astype(np.float32)
    slabs = [one for _, one in read_slabs(image, engine.run, windows, n_outputs=3)]
    around = np.pad(image, [(0, 0), (25, 25), (25, 25), (0, 0)][: axes + 1])
    squares = [around[:, i : i + 51, j : j + 51] for i in range(11) for j in range(9)]
    with torch.inference_mode():
        answers = made(torch.from_numpy(np.stack(squares))).numpy()  # (99, 3, 1, 1) or (99, 3, 1, 1, 3)
    expected = np.moveaxis(answers.reshape(11, 9, 3, *image.shape[3:]), 2, 0)
    np.testing.assert_allclose(np.concatenate(slabs, axis=1), expected, atol=1e-4)
