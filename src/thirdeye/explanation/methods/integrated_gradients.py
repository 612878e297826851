"""Integrated gradients from a blurred copy to the image, summed over cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.explanation.background import blurred
from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, networks_of

CELLS = 16  # a side of the map: single pixels are too noisy to look at


@dataclass(frozen=True)
class IntegratedGradients:
    """Gradients along the way from the blurred image, times the way; they sum to the change of the score.

    Args:
        steps: points on the way (Gauss-Legendre).
    """

    steps: int = 8
    title: str = "integrated gradients"
    source: str = "Sundararajan et al., ICML 2017; blurred baseline: Sturmfels et al., Distill 2020"
    sign: str = "share of the change of the score; positive speaks for the class, negative against it"
    needs_torch: bool = True

    @property
    def passes(self) -> int:
        """A pass there and back for each step."""
        return 3 * self.steps

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """See `thirdeye.explanation.method.Method.maps`."""
        networks = networks_of(subject, self.title)
        each = [_of_network(one, images, directions, self.steps) for one in networks]
        return in_cells(np.mean(each, axis=0, dtype=np.float32))


def in_cells(values: Maps, cells: int = CELLS) -> Maps:
    """Sums (..., c, c) of values (..., S, S) over square cells; c is `cells`, or S where that is smaller."""
    side = values.shape[-1]
    edges = np.linspace(0, side, min(cells, side) + 1).astype(int)[:-1]
    return np.add.reduceat(np.add.reduceat(values, edges, axis=-2), edges, axis=-1).astype(np.float32)


def _of_network(network: Any, images: Images, directions: Directions, steps: int) -> Maps:
    """(B, V, S, S), summed over channels."""
    import torch

    points, weights = np.polynomial.legendre.leggauss(steps)
    start = torch.from_numpy(blurred(images))
    way = torch.from_numpy(images) - start
    total = torch.zeros(*directions.shape[:2], *images.shape[-2:])
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        here = (start + float(point) * way).requires_grad_()
        with torch.enable_grad():
            logits = network(here)
        for v, question in enumerate(torch.from_numpy(directions).unbind(dim=1)):
            (gradient,) = torch.autograd.grad((logits * question).sum(), here, retain_graph=True)
            total[:, v] += float(weight) * (gradient * way).sum(dim=1)
    return total.numpy()


METHODS.register("integrated_gradients")(IntegratedGradients())
