"""The ONNX file says what torch says, for one member and for several."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from thirdeye.errors import StageFailed, UsageError
from thirdeye.inference import export
from thirdeye.inference.engine import Engine
from thirdeye.inference.export import Ensemble, export_onnx


def images(n: int, size: int = 32) -> np.ndarray:
    return np.random.default_rng(0).random((n, 3, size, size), dtype=np.float32)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("n_outputs", [2, 5])
def test_logits_features_and_map_agree_with_torch(
    tmp_path: Path, members: int, n_outputs: int, make_network
) -> None:
    networks = [make_network(seed=seed, n_outputs=n_outputs).eval() for seed in range(members)]
    exported = export_onnx(networks, tmp_path / "m.onnx", size_px=32)
    engine = Engine(tmp_path / "m.onnx", threads=1)
    for batch in (1, 3, 7):
        x = images(batch)
        seen = engine.run(x)
        with torch.no_grad():
            logits = np.mean([n(torch.from_numpy(x)).numpy() for n in networks], axis=0)
            pooled = np.concatenate([n.pooled(torch.from_numpy(x)).numpy() for n in networks], axis=1)
        assert np.allclose(seen.logits, logits, atol=1e-4)
        assert np.allclose(seen.features, pooled, atol=1e-4)
        bias = np.mean([n.head.bias.detach().numpy() for n in networks], axis=0)
        assert np.allclose(seen.cam.mean(axis=(2, 3)) + bias, logits, atol=1e-4)
        assert seen.cam.shape == (batch, n_outputs, 8, 8)
    assert exported.size_bytes == (tmp_path / "m.onnx").stat().st_size
    assert exported.max_abs_difference < 1e-3 * exported.spread


def test_networks_with_maps_of_different_size_are_one_file(tmp_path: Path, make_network) -> None:
    """An 8 x 8 map, a 2 x 2 map and a single answer: logits as torch has them, the map on the finest grid."""
    networks = [make_network(seed=seed).eval() for seed in range(3)]
    networks[1].backbone = nn.Sequential(networks[1].backbone, nn.AvgPool2d(4))
    networks[2].backbone = nn.Sequential(networks[2].backbone, nn.AvgPool2d(8))
    export_onnx(networks, tmp_path / "m.onnx", size_px=32)
    x = images(5)
    seen = Engine(tmp_path / "m.onnx", threads=1).run(x)
    with torch.no_grad():
        each = np.stack([n(torch.from_numpy(x)).numpy() for n in networks], axis=1)
    assert seen.members is not None
    assert np.allclose(seen.members, each, atol=1e-4)
    assert np.allclose(seen.logits, each.mean(axis=1), atol=1e-4)
    assert seen.cam.shape == (5, 2, 8, 8)
    bias = np.mean([n.head.bias.detach().numpy() for n in networks], axis=0)
    assert np.allclose(seen.cam.mean(axis=(2, 3)) + bias, seen.logits, atol=1e-4)


def test_the_file_is_alone_and_batch_normalisation_is_folded(tmp_path: Path, make_network) -> None:
    export_onnx([make_network()], tmp_path / "m.onnx", size_px=32)
    assert [path.name for path in tmp_path.iterdir()] == ["m.onnx"]
    graph = onnx.load(tmp_path / "m.onnx").graph
    assert "BatchNormalization" not in {node.op_type for node in graph.node}
    assert "Dropout" not in {node.op_type for node in graph.node}


def test_networks_are_left_as_they_were(tmp_path: Path, make_network) -> None:
    training, reading = make_network(seed=1).train(), make_network(seed=2).eval()
    before = [tensor.clone() for tensor in training.state_dict().values()]
    export_onnx([training, reading], tmp_path / "m.onnx", size_px=32)
    assert training.training
    assert not reading.training
    assert all(torch.equal(a, b) for a, b in zip(before, training.state_dict().values(), strict=True))


class _Wrong(nn.Module):
    """Says something else when it is traced."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = nn.functional.avg_pool2d(x, 8)
        return x * (1.5 if torch.jit.is_tracing() else 1.0)


def test_a_file_that_differs_is_refused_and_nothing_is_left(tmp_path: Path, make_network) -> None:
    network = make_network()
    network.backbone = _Wrong()
    network.head = nn.Linear(3, 2)
    with pytest.raises(StageFailed, match="differs from the trained one"):
        export_onnx([network], tmp_path / "m.onnx", size_px=32)
    assert list(tmp_path.iterdir()) == []


def test_a_network_that_gives_nan_is_refused(tmp_path: Path, make_network) -> None:
    network = make_network()
    with torch.no_grad():
        network.head.weight[0, 0] = float("nan")
    with pytest.raises(StageFailed):
        export_onnx([network], tmp_path / "m.onnx", size_px=32)


def test_no_network_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one"):
        export_onnx([], tmp_path / "m.onnx", size_px=32)


def test_the_comparison_is_made_on_the_sample_that_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_network
) -> None:
    seen = []
    original = export._compared
    monkeypatch.setattr(export, "_compared", lambda e, x, p: seen.append(x) or original(e, x, p))
    sample = np.random.default_rng(1).integers(0, 256, (20, 32, 32, 3)).astype(np.uint8)
    export_onnx([make_network()], tmp_path / "m.onnx", size_px=32, sample=sample)
    assert np.allclose(seen[0].numpy(), np.moveaxis(sample[:8], -1, 1) / 255)


def test_ensemble_is_the_mean_of_its_members(make_network) -> None:
    networks = [make_network(seed=seed).eval() for seed in range(4)]
    x = torch.from_numpy(images(2))
    with torch.no_grad():
        logits, feature_map, cam, members = Ensemble(networks).eval()(x)
        assert torch.allclose(logits, torch.stack([n(x) for n in networks]).mean(0), atol=1e-5)
        assert torch.allclose(members, torch.stack([n(x) for n in networks], dim=1), atol=1e-5)
    assert feature_map.shape == (2, 24, 8, 8)
    assert cam.shape == (2, 2, 8, 8)


def test_members_of_other_widths_are_filled_up_with_zeros(tmp_path: Path) -> None:
    from thirdeye.model.build import build_network

    torch.manual_seed(0)
    names = ("vgg_small", "resnet_small")
    networks = [build_network(name, n_outputs=2, weights="none")[0].eval() for name in names]
    x = torch.from_numpy(images(2, 64))
    with torch.no_grad():
        logits, feature_map, cam, _ = Ensemble(networks).eval()(x)
        assert torch.allclose(logits, torch.stack([n(x) for n in networks]).mean(0), atol=1e-5)
    assert feature_map.shape == (2, 2 * 96, 4, 4)
    assert feature_map[:, 64:96].abs().max() == 0
    assert cam.shape == (2, 2, 4, 4)
    export_onnx(networks, tmp_path / "m.onnx", size_px=64)


@pytest.mark.parametrize("architecture", ["efficientnet_lite0", "torchvision:resnet18"])
def test_real_architectures(tmp_path: Path, architecture: str) -> None:
    from thirdeye.model.build import build_network

    network, _ = build_network(architecture, n_outputs=3, weights="none")
    with torch.no_grad():  # random weights alone give logits without any spread
        network.train()
        network(torch.from_numpy(images(8, 64)))
    exported = export_onnx([network], tmp_path / "m.onnx", size_px=64)
    assert exported.max_abs_difference <= 1e-3 * max(exported.spread, 1e-3)
