"""Saliency: the size of the score's gradient at each pixel, the oldest picture of what a network looks at.

It says how strongly the score would move if a place changed, not whether the place speaks for the class or
against it, and nothing about how much of the score is there: a bright spot that already settles the answer
can have no gradient at all. So it is unsigned, and the exam has to say whether its places matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.explanation.method import METHODS, Directions, Images, Maps, Subject, networks_of
from thirdeye.explanation.methods.integrated_gradients import in_cells


@dataclass(frozen=True)
class Saliency:
    """The largest absolute gradient over the colours, averaged over cells: single pixels are noise."""

    title: str = "input-gradient saliency"
    source: str = "Simonyan et al., ICLR workshop 2014"
    sign: str = "size of the gradient of the score, never negative: how strongly a place moves it, either way"
    needs_torch: bool = True
    passes: int = 3
    unsigned: bool = True

    def maps(self, subject: Subject, images: Images, directions: Directions) -> Maps:
        """As `thirdeye.explanation.method.Method.maps`, but without a sign; the mean over the networks."""
        networks = networks_of(subject, self.title)
        sizes = np.mean([gradient_size(one, images, directions) for one in networks], axis=0)
        areas = in_cells(np.ones(images.shape[-2:], np.float32))
        return np.asarray(in_cells(sizes) / areas, dtype=np.float32)


def gradient_size(network: Any, images: Images, directions: Directions) -> Maps:
    """(B, V, S, S): the largest absolute derivative of each score by the colours of a pixel.

    Args:
        network: in evaluation mode.
        images: (B, 3, S, S) in 0..1.
        directions: (B, V, K) weights of the logits in each score.
    """
    import torch

    pixels = torch.from_numpy(images).requires_grad_()
    with torch.enable_grad():
        logits = network(pixels)
    sizes = []
    for question in torch.from_numpy(directions).unbind(dim=1):
        (gradient,) = torch.autograd.grad((logits * question).sum(), pixels, retain_graph=True)
        sizes.append(gradient.abs().amax(dim=1))
    return np.asarray(torch.stack(sizes, dim=1).numpy())


METHODS.register("saliency")(Saliency())
