"""Networks by name: the embedded one, any of torchvision's, any of timm's."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from thirdeye.errors import MissingExtra, StageFailed, UsageError
from thirdeye.model.architectures import (  # noqa: F401 - enters them
    alexnet,
    alexnet_small,
    arevalo,
    googlenet,
    lenet5,
    residual,
    small_families,
    xception,
)
from thirdeye.model.architectures.efficientnet_lite import (
    HEAD_CHANNELS,
    PIXEL_MEAN,
    PIXEL_STD,
    SCALINGS,
    EfficientNetLite,
    rename_published,
)
from thirdeye.model.architectures.published import PUBLISHED
from thirdeye.model.network import Network
from thirdeye.model.weights import EMBEDDED, load_embedded

FAMILY = "efficientnet_"
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
PROBED_PX = 96  # Inception v3 needs 75
INCEPTIONS = ("googlenet", "inception_v3")


@dataclass(frozen=True)
class Origin:
    """Where a network's first weights come from, for the record.

    Args:
        name: of the architecture.
        source: who trained them on what; "random" for none.
        sha256: of the file, where there is one.
        licence: SPDX name, or "see source".
    """

    name: str
    source: str
    sha256: str | None
    licence: str


def build_network(
    architecture: str, *, n_outputs: int, weights: str, dropout: float = 0.2, drop_path: float = 0.1
) -> tuple[Network, Origin]:
    """A network with a fresh head.

    Args:
        architecture: "efficientnet_lite0" (also lite1, lite2), a network of the literature that is built here
            ("lenet5", "alexnet"), "torchvision:NAME" or "timm:NAME".
        n_outputs: logits per image.
        weights: "embedded", "hub" (torchvision's or timm's own, downloaded where a hub is reachable) or
            "none".
        dropout: on the pooled features.
        drop_path: stochastic depth, for the architectures that have it.

    Raises:
        UsageError: the name is unknown, or has no weights of that kind.
        StageFailed: the hub cannot be reached.
    """
    library, _, name = architecture.rpartition(":")
    if library == "torchvision":
        return _from_torchvision(name, n_outputs=n_outputs, weights=weights, dropout=dropout)
    if library == "timm":
        return _from_timm(name, n_outputs=n_outputs, weights=weights, dropout=dropout)
    if architecture in PUBLISHED.names():
        return _published(architecture, n_outputs=n_outputs, weights=weights)
    return _lite(architecture, n_outputs=n_outputs, weights=weights, dropout=dropout, drop_path=drop_path)


def origin_of(architecture: str, weights: str) -> Origin:
    """Where the first weights of a network come from; arguments as of `build_network`."""
    library, _, _ = architecture.rpartition(":")
    if weights == "embedded":
        entry = EMBEDDED[architecture]
        return Origin(architecture, entry.source, entry.sha256, entry.licence)
    hub = {"torchvision": "torchvision DEFAULT", "timm": "timm hub"}.get(library, "random")
    licence = {"torchvision": "BSD-3-Clause", "timm": "see source"}.get(library, "Apache-2.0")
    return Origin(architecture, hub if weights == "hub" else "random", None, licence)


def check_architecture(architecture: str, weights: str) -> None:
    """Refuse what `build_network` could not build, without building or downloading anything.

    Raises:
        UsageError: the name is unknown, or has no weights of that kind.
        MissingExtra: its library is not installed.
    """
    library, _, name = architecture.rpartition(":")
    if library == "torchvision":
        _check_torchvision(name, weights)
    elif library == "timm":
        _check_timm(name, weights)
    elif architecture in PUBLISHED.names():
        _check_published(architecture, weights)
    else:
        _check_lite(architecture, weights)


def _check_lite(architecture: str, weights: str) -> None:
    variants = [f"{FAMILY}{variant}" for variant in SCALINGS]
    if architecture not in variants:
        raise UsageError(
            f"no architecture is called '{architecture}'; known are {', '.join(variants)}, "
            f"{', '.join(PUBLISHED.names())}, torchvision:NAME and timm:NAME"
        )
    if weights == "embedded" and architecture not in EMBEDDED:
        raise UsageError(f"no weights of {architecture} are embedded, only of {', '.join(EMBEDDED)}")
    if weights not in ("embedded", "none"):
        raise UsageError(f"{architecture} has 'embedded' weights or 'none', not '{weights}'")


def _check_published(architecture: str, weights: str) -> None:
    if weights != "none":
        raise UsageError(
            f"{architecture} has no pre-trained weights: its weights are 'none', not '{weights}'"
        )


def _published(architecture: str, *, n_outputs: int, weights: str) -> tuple[Network, Origin]:
    _check_published(architecture, weights)
    entry = PUBLISHED.get(architecture)
    network = Network(
        entry.build(), n_features=entry.n_features, n_outputs=n_outputs, mean=entry.mean, std=entry.std,
        dropout=entry.dropout,
    )  # fmt: skip
    return network, origin_of(architecture, weights)


def _check_torchvision(name: str, weights: str) -> None:
    import torchvision

    models = torchvision.models
    if name not in models.list_models(module=models):
        raise UsageError(
            f"torchvision has no classifier called '{name}'; see torchvision.models.list_models()"
        )
    _check_hub(f"torchvision:{name}", weights)


def _check_timm(name: str, weights: str) -> None:
    try:
        import timm
    except ImportError as error:
        raise MissingExtra(f"the architecture timm:{name}", "zoo") from error
    if not timm.is_model(name):
        raise UsageError(f"timm has no model called '{name}'; see timm.list_models()")
    _check_hub(f"timm:{name}", weights)


def _check_hub(architecture: str, weights: str) -> None:
    if weights not in ("hub", "none"):
        raise UsageError(f"{architecture} has the weights of its 'hub' or 'none', not '{weights}'")


def lite_backbone(architecture: str, *, weights: str, drop_path: float) -> tuple[EfficientNetLite, Origin]:
    """An EfficientNet-Lite without a head; arguments and errors as of `build_network`."""
    _check_lite(architecture, weights)
    backbone = EfficientNetLite(architecture.removeprefix(FAMILY), drop_path=drop_path)
    if weights == "embedded":
        backbone.load_state_dict(rename_published(load_embedded(EMBEDDED[architecture])))
    return backbone, origin_of(architecture, weights)


def _lite(
    architecture: str, *, n_outputs: int, weights: str, dropout: float, drop_path: float
) -> tuple[Network, Origin]:
    backbone, origin = lite_backbone(architecture, weights=weights, drop_path=drop_path)
    pixel = ((PIXEL_MEAN,) * 3, (PIXEL_STD,) * 3)
    network = Network(
        backbone, n_features=HEAD_CHANNELS, n_outputs=n_outputs, mean=pixel[0], std=pixel[1], dropout=dropout
    )
    return network, origin


def _from_torchvision(name: str, *, n_outputs: int, weights: str, dropout: float) -> tuple[Network, Origin]:
    import torchvision

    _check_torchvision(name, weights)
    wanted = "DEFAULT" if weights == "hub" else None
    try:
        model = torchvision.models.get_model(name, weights=wanted, **_quickly(name, wanted))
    except OSError as error:
        raise StageFailed(f"the weights of torchvision's {name} cannot be fetched: {error}") from error
    network = _wrap(_convolutional_part(model, name), n_outputs=n_outputs, dropout=dropout)
    if name in INCEPTIONS:  # the hub's weights are for pixels in -1..1
        network.mean.fill_(0.5)
        network.std.fill_(0.5)
    return network, origin_of(f"torchvision:{name}", weights)


def _quickly(name: str, wanted: str | None) -> dict[str, bool]:
    """Keywords under which the Inceptions are built without the slow first weights of their libraries."""
    return {"init_weights": False} if name in INCEPTIONS and wanted is None else {}


def _convolutional_part(model: nn.Module, name: str) -> nn.Module:
    """What comes before global pooling in torchvision's families."""
    if name.startswith("densenet"):
        return nn.Sequential(model.get_submodule("features"), nn.ReLU(inplace=True))
    if hasattr(model, "features"):
        return model.get_submodule("features")
    if name in INCEPTIONS:
        after = ("aux1", "aux2", "AuxLogits", "avgpool", "dropout", "fc")
        return nn.Sequential(*(part for key, part in model.named_children() if key not in after))
    if hasattr(model, "layer4"):
        children = dict(model.named_children())
        return nn.Sequential(*(part for key, part in children.items() if key not in ("avgpool", "fc")))
    raise UsageError(f"torchvision's {name} has no convolutional part that ends before global pooling")


def _from_timm(name: str, *, n_outputs: int, weights: str, dropout: float) -> tuple[Network, Origin]:
    _check_timm(name, weights)
    import timm

    try:
        backbone = timm.create_model(name, pretrained=weights == "hub", num_classes=0, global_pool="")
    except RuntimeError as error:
        raise UsageError(f"timm cannot build '{name}': {error}") from error
    except OSError as error:
        raise StageFailed(f"the weights of timm's {name} cannot be fetched: {error}") from error
    return _wrap(backbone, n_outputs=n_outputs, dropout=dropout), origin_of(f"timm:{name}", weights)


def _wrap(backbone: nn.Module, *, n_outputs: int, dropout: float) -> Network:
    """Find the number of channels by one small pass."""
    backbone.eval()
    try:
        with torch.no_grad():
            shape = backbone(torch.zeros(1, 3, PROBED_PX, PROBED_PX)).shape
    except (RuntimeError, AssertionError, ValueError) as error:
        raise UsageError(f"the backbone does not take square images of any size: {error}") from error
    if len(shape) != 4:
        raise UsageError(f"expected a feature map (B, C, h, w) from the backbone, got shape {tuple(shape)}")
    return Network(
        backbone,
        n_features=shape[1],
        n_outputs=n_outputs,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        dropout=dropout,
    )
