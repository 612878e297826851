"""Grad-CAM, one stage before the last: twice as fine as the class activation map.

At the last feature map of these networks Grad-CAM *is* the class activation map (Selvaraju et al., section
3), so nothing would be learnt from it there. It is taken at the last layer whose map is finer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, networks_of


@dataclass(frozen=True)
class GradCam:
    """Feature maps weighted by the mean gradient of the score; signed, the ReLU is left to the drawing."""

    title: str = "Grad-CAM"
    source: str = "Selvaraju et al., ICCV 2017"
    sign: str = "weighted activation; positive speaks for the class, negative against it"
    needs_torch: bool = True
    passes: int = 3

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """See `thirdeye.explanation.method.Method.maps`."""
        networks = networks_of(subject, self.title)
        return np.mean([_of_network(one, images, directions) for one in networks], axis=0, dtype=np.float32)


def finer_layer(network: Any, side: int = 64) -> Any:
    """The last layer directly on the way through the backbone whose map is finer than the network's last.

    The backbone itself where there is none.

    Args:
        network: a `thirdeye.model.network.Network`.
        side: of an image that it takes, in pixels.
    """
    import torch

    seen: list[tuple[Any, int]] = []
    layers = [layer for layer in network.backbone.modules() if layer is not network.backbone]
    hooks = [
        layer.register_forward_hook(lambda module, _, out: seen.append((module, _side(out))))
        for layer in layers
    ]
    try:
        with torch.no_grad():
            last = _side(network.features(torch.zeros(1, 3, side, side)))
    finally:
        for hook in hooks:
            hook.remove()
    tops = set(map(id, _trunk(network.backbone)))
    finer = [layer for layer, side in seen if id(layer) in tops and side > last]
    return finer[-1] if finer else network.backbone


def _trunk(module: Any) -> list[Any]:
    """Layers in a row: children, and the children of containers."""
    rows: list[Any] = []
    for child in module.children():
        inside = _trunk(child) if type(child).__name__ in ("Sequential", "ModuleList") else []
        rows += inside or [child]
    return rows


def _side(out: Any) -> int:
    return int(out.shape[-1]) if hasattr(out, "shape") and len(out.shape) == 4 else 0


def _of_network(network: Any, images: Images, directions: Directions) -> Maps:
    import torch

    held: list[Any] = []
    finer = finer_layer(network, images.shape[-1])
    hook = finer.register_forward_hook(lambda module, _, out: held.append(out))
    try:
        with torch.enable_grad():
            logits = network(torch.from_numpy(images).requires_grad_())
    finally:
        hook.remove()
    (activation,) = held[-1:]
    maps = []
    for question in torch.from_numpy(directions).unbind(dim=1):
        (gradient,) = torch.autograd.grad((logits * question).sum(), activation, retain_graph=True)
        maps.append((gradient.mean(dim=(2, 3), keepdim=True) * activation).sum(dim=1).detach())
    return torch.stack(maps, dim=1).numpy()


METHODS.register("grad_cam")(GradCam())
