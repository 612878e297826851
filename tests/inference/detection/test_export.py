from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.errors import StageFailed, StudyMismatch
from thirdeye.inference.detection import export
from thirdeye.inference.detection.engine import OnnxHeads
from thirdeye.inference.detection.export import export_detector
from thirdeye.inference.detection.heads import OneLook, TwoLooks, window_reader
from thirdeye.model.build_detector import build_detector
from thirdeye.training.detection.engine import torch_runs
from thirdeye.transform.detection.anchors import Anchors

ANCHORS = Anchors((8, 16, 32), (16.0, 32.0, 64.0))
WINDOWS = np.random.default_rng(1).uniform(-1, 1, (3, 3, 96, 160)).astype(np.float32)  # unlike the exported


def network(name: str):
    torch.manual_seed(0)
    anchors = Anchors((8, 16, 32), (8.0, 16.0, 32.0)) if name == "fcos_lite0" else ANCHORS
    found, _ = build_detector(name, anchors, n_classes=2, width=32, weights="none")
    return found.eval()


@pytest.mark.parametrize(("name", "parts"), [("fcos_lite0", 1), ("faster_rcnn_lite0", 2)])
def test_the_files_read_windows_of_any_number_and_size_as_torch_does(
    name: str, parts: int, tmp_path: Path
) -> None:
    found = network(name)
    files = export_detector(found, tmp_path, "member_0")
    assert len(files) == parts
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(one["file"] for one in files)
    runs = [OnnxHeads(tmp_path / one["file"], threads=1).run for one in files]
    reader = OneLook(runs[0], found.anchors) if parts == 1 else TwoLooks(*runs, found.anchors)
    lowest = 0.01
    for mine, other in zip(
        reader.look(WINDOWS, lowest),
        window_reader(torch_runs(found), found.anchors).look(WINDOWS, lowest),
        strict=True,
    ):
        assert len(mine) == len(other) > 0
        if parts == 1:
            assert mine.scores == pytest.approx(other.scores, abs=1e-5)


def test_a_file_that_disagrees_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "TOLERANCE", -1.0)
    with pytest.raises(StageFailed, match="disagrees"):
        export_detector(network("fcos_lite0"), tmp_path, "member_0")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_model_cannot_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "member_0.onnx").write_bytes(b"no model")
    with pytest.raises(StudyMismatch, match="cannot be loaded"):
        OnnxHeads(tmp_path / "member_0.onnx", threads=1)
