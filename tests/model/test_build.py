"""Networks by name, and plain refusals of what cannot be built."""

from __future__ import annotations

import sys
from urllib.error import URLError

import pytest
import torch
import torchvision

from thirdeye.errors import MissingExtra, StageFailed, UsageError
from thirdeye.model.build import build_network, check_architecture, origin_of
from thirdeye.model.weights import EMBEDDED


def test_the_embedded_network_comes_with_its_origin() -> None:
    network, origin = build_network("efficientnet_lite0", n_outputs=3, weights="embedded")
    entry = EMBEDDED["efficientnet_lite0"]
    assert (origin.sha256, origin.licence, origin.source) == (entry.sha256, entry.licence, entry.source)
    assert network.head.weight.shape == (3, 1280)
    with torch.inference_mode():
        assert network.eval()(torch.rand(2, 3, 64, 64)).shape == (2, 3)


def test_without_weights_the_seed_decides() -> None:
    torch.manual_seed(1)
    first, origin = build_network("efficientnet_lite1", n_outputs=2, weights="none")
    torch.manual_seed(1)
    second, _ = build_network("efficientnet_lite1", n_outputs=2, weights="none")
    assert origin.source == "random"
    assert origin.sha256 is None
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@pytest.mark.parametrize(
    ("name", "features"),
    [
        ("resnet18", 512),
        ("densenet121", 1024),
        ("mobilenet_v3_small", 576),
        ("efficientnet_b0", 1280),
    ],
)
def test_torchvisions_families(name: str, features: int) -> None:
    network, origin = build_network(f"torchvision:{name}", n_outputs=2, weights="none")
    assert network.head.in_features == features
    assert (origin.name, origin.source) == (f"torchvision:{name}", "random")
    with torch.inference_mode():
        assert network.eval().features(torch.rand(1, 3, 64, 64)).shape == (1, features, 2, 2)


@pytest.mark.parametrize(
    ("name", "features", "parameters"),
    [("googlenet", 1024, 5_599_904), ("inception_v3", 2048, 21_785_568)],
)
def test_the_inceptions_end_before_their_pooling(name: str, features: int, parameters: int) -> None:
    """Without last layer and auxiliary heads; pixels in -1..1, as their library's weights expect."""
    network, origin = build_network(f"torchvision:{name}", n_outputs=2, weights="none")
    assert (network.head.in_features, origin.source) == (features, "random")
    assert sum(one.numel() for one in network.backbone.parameters()) == parameters
    assert torch.equal(network.mean.flatten(), torch.full((3,), 0.5))
    assert torch.equal(network.std.flatten(), torch.full((3,), 0.5))


@pytest.mark.parametrize(
    ("architecture", "weights"),
    [("efficientnet_lite0", "embedded"), ("lenet5", "none"), ("torchvision:resnet18", "none")],
)
def test_origins_are_known_without_building(architecture: str, weights: str) -> None:
    assert origin_of(architecture, weights) == build_network(architecture, n_outputs=2, weights=weights)[1]


def test_the_wrapped_backbone_is_torchvisions_own() -> None:
    """Same weights, same answer: up to the pooled features nothing is lost or added."""
    torch.manual_seed(0)
    network, _ = build_network("torchvision:resnet18", n_outputs=2, weights="none")
    torch.manual_seed(0)
    own = torchvision.models.resnet18().eval()
    images = torch.rand(1, 3, 64, 64)
    normalised = (images - network.mean) / network.std
    own.fc = torch.nn.Identity()
    with torch.inference_mode():
        assert torch.allclose(network.eval().pooled(images), own(normalised), atol=1e-5)


REFUSED = [
    ("efficientnet_lite9", "embedded", "no architecture is called 'efficientnet_lite9'; known are .*lite0"),
    ("lite0", "embedded", "no architecture is called 'lite0'"),
    ("resnet18", "none", "torchvision:NAME"),
    ("efficientnet_lite1", "embedded", "no weights of efficientnet_lite1 are embedded"),
    ("efficientnet_lite0", "hub", "'embedded' weights or 'none', not 'hub'"),
    ("torchvision:resnet19", "hub", "torchvision has no classifier called 'resnet19'"),
    ("torchvision:resnet18", "embedded", "'hub' or 'none', not 'embedded'"),
]


@pytest.mark.parametrize(("architecture", "weights", "words"), REFUSED)
def test_what_cannot_be_built_is_refused_early_and_late(architecture: str, weights: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_architecture(architecture, weights)
    with pytest.raises(UsageError, match=words):
        build_network(architecture, n_outputs=2, weights=weights)


def test_what_can_be_built_passes() -> None:
    check_architecture("efficientnet_lite0", "embedded")
    check_architecture("efficientnet_lite2", "none")
    check_architecture("torchvision:resnet18", "hub")


def test_networks_that_do_not_end_in_a_feature_map_are_refused() -> None:
    with pytest.raises(UsageError, match="no convolutional part"):
        build_network("torchvision:regnet_y_400mf", n_outputs=2, weights="none")


def test_timm_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MissingExtra, match="architecture timm:resnet18 needs the extra 'zoo'"):
        check_architecture("timm:resnet18", "hub")
    with pytest.raises(MissingExtra):
        build_network("timm:resnet18", n_outputs=2, weights="none")


def test_timm_by_name() -> None:
    pytest.importorskip("timm")
    network, origin = build_network("timm:resnet18", n_outputs=2, weights="none")
    assert network.head.in_features == 512
    assert origin.name == "timm:resnet18"
    with pytest.raises(UsageError, match="timm has no model called 'resnet19'"):
        check_architecture("timm:resnet19", "hub")


def test_a_hub_out_of_reach_is_a_failed_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr(torchvision.models, "get_model", refuse)
    with pytest.raises(StageFailed, match=r"torchvision's resnet18 cannot be fetched.*no route"):
        build_network("torchvision:resnet18", n_outputs=2, weights="hub")
