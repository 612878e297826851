"""The embedded backbone as a folder that timm (and AutoGluon, without a hub) can load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

TIMM_NAME = "tf_efficientnet_lite0"


def write_timm_folder(folder: Path) -> Path:
    """Write config.json, pytorch_model.bin, and probe.npz by which the loaded network can be compared.

    Both networks list their layers in the order of the forward pass, so tensors go over one by one; shapes
    are checked by the loader and values by the probe: (4, 3, 224, 224) pixels and ours (4, 1280) features.
    """
    import torch

    from thirdeye.model.architectures.efficientnet_lite import HEAD_CHANNELS, PIXEL_MEAN, PIXEL_STD
    from thirdeye.model.build import build_network

    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="embedded")
    backbone = network.backbone.eval()
    folder.mkdir(parents=True, exist_ok=True)
    tensors = list(backbone.state_dict().values())
    torch.save(dict(zip(timm_names(), tensors, strict=True)), folder / "pytorch_model.bin")
    mean, std = [PIXEL_MEAN] * 3, [PIXEL_STD] * 3
    config = {
        "architecture": TIMM_NAME,
        "num_features": HEAD_CHANNELS,
        "num_classes": 0,
        "pretrained_cfg": {"input_size": [3, 224, 224], "mean": mean, "std": std},
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    pixels = torch.randn(4, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        features = backbone(pixels).mean(dim=(2, 3))
    np.savez(folder / "probe.npz", pixels=pixels.numpy(), features=features.numpy())
    return folder


def timm_names() -> list[str]:
    """timm's names of the tensors of EfficientNet-Lite0 in the order of the forward pass."""
    names = [*_one("conv_stem", "bn1")]
    for stage, repeats in enumerate((1, 2, 2, 3, 3, 4, 1)):
        for block in range(repeats):
            prefix = f"blocks.{stage}.{block}."
            layers = ("conv_dw", "conv_pw") if stage == 0 else ("conv_pw", "conv_dw", "conv_pwl")
            for index, layer in enumerate(layers, start=1):
                names += _one(f"{prefix}{layer}", f"{prefix}bn{index}")
    return [*names, *_one("conv_head", "bn2")]


def _one(convolution: str, norm: str) -> list[str]:
    parts = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    return [f"{convolution}.weight", *(f"{norm}.{part}" for part in parts)]
