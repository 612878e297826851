"""The exported detector finds what the trained network finds, in images of any size, without torch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from thirdeye.case.image import Image
from thirdeye.dataset.phantoms_cells import draw_tissue
from thirdeye.errors import StudyMismatch
from thirdeye.inference.dense.engine import DenseEngine
from thirdeye.inference.sliding.detector import SlidingDetector
from thirdeye.inference.sliding.export import export_sliding
from thirdeye.model.architectures.patch_net import PatchNet
from thirdeye.model.build_sliding import build_sliding
from thirdeye.plan.detection.networks import SLIDING_NETWORKS
from thirdeye.training.sliding.engine import torch_engine
from thirdeye.transform.sliding.committee import DIHEDRAL
from thirdeye.transform.sliding.settings import SlidingSettings
from thirdeye.transform.sliding.tiles import Field
from thirdeye.transform.sliding.view import View

HOW = SlidingSettings(View(1.0, 3), Field(48, 4, 16), ((12.0, 12.0), (10.0, 14.0)), 2.0, 8.0, tuple(DIHEDRAL))


@pytest.mark.parametrize("sides", [(64, 64), (90, 131)])
def test_the_file_finds_what_the_network_finds(tmp_path: Path, sides: tuple[int, int]) -> None:
    torch.manual_seed(1)
    network = PatchNet(n_in=3, n_out=3).eval()
    export_sliding(network, tmp_path / "member_0.onnx", channels=3, field=HOW.field)
    pixels, _ = draw_tissue(np.random.default_rng(0), sides, cells=3, lookalikes=2)
    by_file = SlidingDetector([DenseEngine(tmp_path / "member_0.onnx", threads=1).run], HOW)
    by_torch = SlidingDetector([torch_engine(network, 4)], HOW)
    found, expected = (one.find(Image(pixels, 8, "x")) for one in (by_file, by_torch))
    assert len(found) == len(expected) > 0
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-4)
    np.testing.assert_allclose(found.boxes, expected.boxes, atol=0.05)
    sizes = found.boxes[:, 2:] - found.boxes[:, :2]
    assert (sizes <= 14.001).all()
    assert (found.boxes >= 0).all()


@pytest.mark.parametrize("name", ["ciresan_dnn1", "ciresan_dnn2", "vangrinsven"])
def test_published_networks_read_as_they_were_measured(tmp_path: Path, name: str) -> None:
    torch.manual_seed(1)
    side = SLIDING_NETWORKS[name].side_px
    how = SlidingSettings(
        View(1.0, 3, (("local_contrast", 1 / 30),)), Field(side, 4, 8), ((12.0, 12.0),) * 2, 5.0, 12.0,
        ("upright", "mirrored"), smoothing_shape="disc",
    )  # fmt: skip
    network = build_sliding(name, n_in=3, n_out=3).eval()
    export_sliding(network, tmp_path / "member_0.onnx", channels=3, field=how.field)
    pixels, _ = draw_tissue(np.random.default_rng(0), (70, 90), cells=3, lookalikes=2)
    by_file = SlidingDetector([DenseEngine(tmp_path / "member_0.onnx", threads=1).run], how)
    found, map_found = by_file.find_mapped(Image(pixels, 8, "x"))
    expected, map_expected = SlidingDetector([torch_engine(network, 4)], how).find_mapped(
        Image(pixels, 8, "x")
    )
    np.testing.assert_allclose(map_found, map_expected, atol=1e-4)
    assert len(found) == len(expected) > 0
    assert SlidingSettings.from_json(json.loads(json.dumps(how.as_json()))) == how


def test_no_more_than_the_most() -> None:
    pixels, _ = draw_tissue(np.random.default_rng(0), (128, 128), cells=3, lookalikes=2)
    torch.manual_seed(1)
    engine = torch_engine(PatchNet(n_in=3, n_out=3), 4)
    assert len(SlidingDetector([engine], HOW, most=1).find(Image(pixels, 8, "x"))) == 1


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "member_0.onnx").write_bytes(b"nothing")
    with pytest.raises(StudyMismatch, match="cannot be loaded"):
        DenseEngine(tmp_path / "member_0.onnx", threads=1)
