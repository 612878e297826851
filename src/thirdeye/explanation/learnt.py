"""Pictures of what a network has learnt: the kernels of its first layer, and feature maps of one image.

Zeiler & Fergus, ECCV 2014. They explain no single answer; they show whether anything was learnt at all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray

from thirdeye.explanation.method import Directions, Images
from thirdeye.explanation.overlay import Pixels, colours

STRONGEST = 9
CELL, GAP = 56, 4  # pixels
MOST = 32  # of a picture
PAPER = 255


def first_kernels(network: Any) -> NDArray[np.float32]:
    """Kernels (O, kh, kw, 3) of the first convolution that sees the image, as they are.

    Args:
        network: a `thirdeye.model.network.Network`.
    """
    return np.moveaxis(_first(network).weight.detach().numpy(), 1, -1)


def kernel_picture(kernels: NDArray[np.float32]) -> Pixels:
    """Kernels side by side, each on its own scale; grey is 0, colours are those that it answers to."""
    shown = []
    for kernel in kernels[:MOST]:
        largest = float(np.abs(kernel).max()) or 1.0
        grey = 0.5 + kernel / (2 * largest)
        shown.append(np.rint(255 * grey).astype(np.uint8))
    return _grid([one if one.shape[-1] == 3 else np.repeat(one[..., :1], 3, axis=-1) for one in shown])


def early_maps(network: Any, image: Images) -> NDArray[np.float32]:
    """Feature maps (C, h, w) of the first convolution for one image (3, S, S)."""
    held: list[Any] = []
    hook = _first(network).register_forward_hook(lambda module, _, out: held.append(out))
    try:
        with torch.inference_mode():
            network.features(torch.from_numpy(image[None]))
    finally:
        hook.remove()
    found: NDArray[np.float32] = held[0][0].numpy()
    return found


def late_maps(network: Any, image: Images, question: Directions) -> tuple[Images, Images]:
    """The last feature maps that moved the score of one image most, and by how much.

    Args:
        network: a network.
        image: (3, S, S).
        question: (K,) weights of the logits in the score.

    Returns:
        Maps (n, h, w), the strongest first, and what each adds to the score (n,).
    """
    with torch.inference_mode():
        maps = network.features(torch.from_numpy(image[None]))[0].numpy()
    adds = (question @ network.head.weight.detach().numpy()) * maps.mean(axis=(1, 2))
    strongest = np.argsort(-np.abs(adds), kind="stable")[:STRONGEST]
    return maps[strongest], adds[strongest]


def map_picture(maps: NDArray[np.float32]) -> Pixels:
    """Feature maps side by side, each from its lowest to its highest value."""
    shown = []
    for one in maps[:MOST]:
        spread = float(np.ptp(one)) or 1.0
        shown.append(np.rint(colours((one - one.min()) / spread)).astype(np.uint8))
    return _grid(shown)


def _first(network: Any) -> Any:
    return next(layer for layer in network.backbone.modules() if isinstance(layer, torch.nn.Conv2d))


def _grid(tiles: list[Pixels]) -> Pixels:
    columns = math.ceil(math.sqrt(len(tiles)))  # as square as can be
    rows = -(-len(tiles) // columns)
    step = CELL + GAP
    canvas = np.full((rows * step - GAP, columns * step - GAP, 3), PAPER, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * step, place % columns * step
        large = PIL.Image.fromarray(tile).resize((CELL, CELL), PIL.Image.Resampling.NEAREST)
        canvas[top : top + CELL, left : left + CELL] = np.asarray(large)
    return canvas
