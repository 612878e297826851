"""EfficientNet-Lite against the published layer table, parameter count and TensorFlow's padding."""

from __future__ import annotations

import pytest
import torch

from thirdeye.model.architectures.efficientnet_lite import (
    HEAD_CHANNELS,
    EfficientNetLite,
    InvertedResidual,
    SameConv,
    rename_published,
)

# Tan and Le, ICML 2019, table 1: output resolution and channels of each stage at 224 px, and its repeats
TABLE = [(112, 16, 1), (56, 24, 2), (28, 40, 2), (14, 80, 3), (14, 112, 3), (7, 192, 4), (7, 320, 1)]


@pytest.fixture(scope="module")
def lite0() -> EfficientNetLite:
    return EfficientNetLite("lite0").eval()


def test_layer_table(lite0: EfficientNetLite) -> None:
    with torch.inference_mode():
        hidden = lite0.act(lite0.stem(torch.zeros(1, 3, 224, 224)))
        assert hidden.shape == (1, 32, 112, 112)
        blocks = iter(lite0.blocks)
        for side, channels, repeats in TABLE:
            for _ in range(repeats):
                hidden = next(blocks)(hidden)
            assert hidden.shape == (1, channels, side, side)
        assert next(blocks, None) is None
        assert lite0(torch.zeros(1, 3, 224, 224)).shape == (1, HEAD_CHANNELS, 7, 7)


def test_parameters_are_the_published_4_7_million(lite0: EfficientNetLite) -> None:
    """4,652,008 with the classifier of 1,000 classes (4.7 M in the table of the Lite variants)."""
    backbone = sum(parameter.numel() for parameter in lite0.parameters())
    assert backbone + HEAD_CHANNELS * 1000 + 1000 == 4_652_008


@pytest.mark.parametrize(("variant", "published"), [("lite1", 5.4), ("lite2", 6.1)])
def test_parameters_of_the_larger_variants(variant: str, published: float) -> None:
    count = sum(p.numel() for p in EfficientNetLite(variant).parameters()) + HEAD_CHANNELS * 1000 + 1000
    assert round(count / 1e6, 1) == published


def test_no_squeeze_and_relu6_everywhere(lite0: EfficientNetLite) -> None:
    kinds = {type(module).__name__ for module in lite0.modules()}
    assert kinds == {
        *("EfficientNetLite", "InvertedResidual", "ModuleList", "Sequential"),
        *("SameConv", "BatchNorm2d", "ReLU6"),
    }


@pytest.mark.parametrize("side", [7, 8, 224, 225])
@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_padding_is_tensorflows_same(side: int, kernel: int, stride: int) -> None:
    """SAME: ceil(n / s) outputs, the odd pixel of padding after the last one (TensorFlow documentation)."""
    conv = SameConv(1, 1, kernel, stride, bias=False)
    image = torch.rand(1, 1, side, side)
    found = conv(image)
    outputs = -(-side // stride)
    total = max((outputs - 1) * stride + kernel - side, 0)
    padded = torch.zeros(1, 1, side + total, side + total)
    padded[..., total // 2 : total // 2 + side, total // 2 : total // 2 + side] = image
    expected = torch.stack(
        [
            (
                padded[0, 0, r * stride : r * stride + kernel, c * stride : c * stride + kernel]
                * conv.weight[0, 0]
            ).sum()
            for r in range(min(outputs, 4))
            for c in range(outputs - min(outputs, 4), outputs)
        ]
    ).view(min(outputs, 4), -1)
    assert found.shape == (1, 1, outputs, outputs)
    assert torch.allclose(found[0, 0, :4, -4:], expected, atol=1e-5)


def test_shortcut_only_where_shapes_allow() -> None:
    assert InvertedResidual(8, 8, 6, 3, 1, 0.0).shortcut
    assert not InvertedResidual(8, 16, 6, 3, 1, 0.0).shortcut
    assert not InvertedResidual(8, 8, 6, 3, 2, 0.0).shortcut


def test_stochastic_depth_drops_whole_images_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    block = InvertedResidual(4, 4, 2, 3, 1, 0.5)
    images = torch.rand(1, 4, 6, 6).expand(400, 4, 6, 6)
    block.eval().requires_grad_(False)
    branch = block(images[:1]) - images[:1]
    for module in block.modules():  # statistics as in reading, so that only the dropping is random
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    block.training = True
    change = block(images) - images
    scale = (change / branch).flatten(1).median(dim=1).values
    assert set(scale.round(decimals=3).tolist()) == {0.0, 2.0}
    assert abs(float(scale.mean()) - 1) < 0.15


def test_published_names_cover_every_weight(lite0: EfficientNetLite) -> None:
    own = set(lite0.state_dict())
    published = {
        "_conv_stem.weight": torch.zeros(1),
        "_blocks.0._depthwise_conv.weight": torch.zeros(1),
        "_blocks.3._bn2.running_mean": torch.zeros(1),
        "_conv_head.weight": torch.zeros(1),
        "_fc.weight": torch.zeros(1),
    }
    renamed = set(rename_published(published))
    assert renamed == {
        "stem.0.weight", "blocks.0.depthwise.0.weight", "blocks.3.project.1.running_mean", "top.0.weight",
    }  # fmt: skip
    assert renamed <= own
