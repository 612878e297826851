"""A reader of structures whose answers are known: a network of one weight, without training.

Values above a line are "bright", below another "dark", all else is background.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thirdeye.case.study import Study
from thirdeye.inference.dense.engine import INPUT, OUTPUT
from thirdeye.inference.dense.manifest import MANIFEST_FILE, DenseManifest
from thirdeye.transform.dense.prepare import Preparation
from thirdeye.transform.dense.windows import Windows

LINE = 0.3  # in prepared values; pictures: 128 +- 38, volumes: 100 +- 30 (see `window`)
STRUCTURES = ("bright", "dark")


def write_network(path: Path, axes: int, *, n_outputs: int = 3, sign: float = 1.0, channels: int = 1) -> str:
    """An ONNX file with one convolution of side 1 that looks at the last channel; returns its hash."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    weights = np.array([0.0, 10.0, -10.0][:n_outputs], np.float32) * sign
    shifts = np.array([0.0, -10 * LINE, -10 * LINE][:n_outputs], np.float32)
    sides = [f"side{axis}" for axis in range(axes)]
    by_channel = np.zeros((n_outputs, channels), np.float32)
    by_channel[:, -1] = weights
    graph = helper.make_graph(
        [helper.make_node("Conv", [INPUT, "w", "b"], [OUTPUT], kernel_shape=[1] * axes)],
        "dense",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["batch", channels, *sides])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", n_outputs, *sides])],
        [
            numpy_helper.from_array(by_channel.reshape(n_outputs, channels, *[1] * axes), "w"),
            numpy_helper.from_array(shifts, "b"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_study(
    folder: Path, axes: int, *, structures: tuple[str, ...] = STRUCTURES, channels: tuple[str, ...] = ()
) -> Path:
    """A study folder with a reader and nothing else; `channels` lie in files of their own."""
    study = Study(folder)
    study.path("model").mkdir(parents=True)
    count = max(1, len(channels))
    sha256 = write_network(
        study.path("model/member_0.onnx"), axes, n_outputs=len(structures) + 1, channels=count
    )
    preparation = (
        Preparation(axes=2, channels=1, intensity="range")
        if axes == 2
        else Preparation(axes=3, channels=count, intensity="window", window=(0.0, 200.0, 100.0, 100.0))
    )
    manifest = DenseManifest(
        task="segmentation", classes=structures, architecture="unet", preparation=preparation,
        windows=Windows((16,) * axes), mirrored=(0,), tidying={1: "drop_small"},
        onnx=({"file": "member_0.onnx", "sha256": sha256},), members=({"file": "member_0.onnx", "fold": 0},),
        channels=tuple({"name": one, "ending": f"_{n:04d}"} for n, one in enumerate(channels)),
    )  # fmt: skip
    study.write_json(MANIFEST_FILE, manifest.as_json())
    return folder


@pytest.fixture
def picture_study(tmp_path: Path) -> Path:
    """Reads pictures: bright from 167, dark below 89."""
    return write_study(tmp_path / "pictures_study", 2)


@pytest.fixture
def volume_study(tmp_path: Path) -> Path:
    """Reads volumes: bright above 130, dark below 70."""
    return write_study(tmp_path / "volumes_study", 3)


@pytest.fixture
def one_structure_study(tmp_path: Path) -> Path:
    """Reads pictures and knows "bright" alone."""
    return write_study(tmp_path / "one_study", 2, structures=("bright",))


@pytest.fixture
def write_picture(tmp_path: Path) -> Callable[[str, np.ndarray], Path]:
    """Writes a grey picture whose labels are given: 0 grey, 1 bright, 2 dark."""
    import PIL.Image

    def write(name: str, labels: np.ndarray) -> Path:
        path = tmp_path / name
        PIL.Image.fromarray(np.array([128, 230, 20], np.uint8)[labels]).save(path)
        return path

    return write


def voxels_of(labels: np.ndarray) -> np.ndarray:
    """Voxels whose labels are given."""
    return np.array([100, 180, 20], np.int16)[labels]


def marked(sides: tuple[int, ...]) -> np.ndarray:
    """Labels with a bright and a dark box, different along every axis."""
    labels = np.zeros(sides, np.uint8)
    labels[tuple(slice(1, 1 + max(1, side // (3 + axis))) for axis, side in enumerate(sides))] = 1
    labels[tuple(slice(side // 2, side // 2 + max(1, side // 4)) for side in sides)] = 2
    return labels
