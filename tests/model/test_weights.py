"""Embedded weights: the right file, read without executing it, and they recognise photographs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import thirdeye.model.weights as weights_module
from thirdeye.errors import MissingExtra, StageFailed
from thirdeye.model.architectures.efficientnet_lite import (
    HEAD_CHANNELS,
    PIXEL_MEAN,
    PIXEL_STD,
    EfficientNetLite,
    rename_published,
)
from thirdeye.model.weights import EMBEDDED, embedded_path, load_embedded

LITE0 = EMBEDDED["efficientnet_lite0"]
# what scikit-learn's two sample photographs show, as ImageNet-1k classes: a daisy, a palace
PHOTOGRAPHS = {"flower.jpg": 985, "china.jpg": 698}


@pytest.fixture(scope="module")
def published() -> nn.Module:
    """Backbone with the published classifier."""
    state = load_embedded(LITE0)
    backbone = EfficientNetLite("lite0")
    backbone.load_state_dict(rename_published(state))
    head = nn.Linear(HEAD_CHANNELS, 1000)
    head.load_state_dict({"weight": state["_fc.weight"], "bias": state["_fc.bias"]})
    return nn.Sequential(backbone, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head).eval()


def classes_of(network: nn.Module, name: str, count: int) -> list[int]:
    """Most probable classes of a sample photograph, cropped in the middle."""
    from sklearn.datasets import load_sample_image

    photo = Image.fromarray(load_sample_image(name))
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    square = photo.crop((left, top, left + side, top + side)).resize((224, 224), Image.Resampling.BICUBIC)
    pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        return network((pixels - PIXEL_MEAN) / PIXEL_STD)[0].topk(count).indices.tolist()


@pytest.mark.parametrize(("name", "expected"), PHOTOGRAPHS.items())
def test_photographs_are_recognised(published: nn.Module, name: str, expected: int) -> None:
    """Wrong padding, channel order, normalisation or a mixed-up layer would lose the first rank."""
    assert classes_of(published, name, 1) == [expected]


def test_every_weight_is_filled() -> None:
    backbone = EfficientNetLite("lite0")
    missing, unexpected = backbone.load_state_dict(rename_published(load_embedded(LITE0)), strict=False)
    assert (missing, unexpected) == ([], [])


def test_the_file_is_read_with_weights_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(torch, "load", lambda *_, **given: seen.append(given) or {})
    load_embedded(LITE0)
    assert seen == [{"map_location": "cpu", "weights_only": True}]


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "foreign_weights"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    entry = dataclasses.replace(LITE0, package="foreign_weights", file="models/x.pth")
    with pytest.raises(
        StageFailed, match=r"SHA-256 579344248a93\.\.\., found no file; reinstall .*foreign-weights"
    ):
        embedded_path(entry)
    (package / "models" / "x.pth").write_bytes(b"something else")
    with pytest.raises(StageFailed, match="should have SHA-256 579344248a93"):
        embedded_path(entry)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"efficientnet_lite0 needs the extra 'train'"):
        embedded_path(LITE0)


def test_source_and_licence_are_recorded() -> None:
    for name, entry in EMBEDDED.items():
        assert entry.name == name
        assert entry.licence
        assert "ImageNet" in entry.source
        assert len(entry.sha256) == 64
