"""How good a picture is technically, measured against the development images: remarks, never an abstention.

Blur, noise, clipped values and blocks of a strong compression. None of the numbers means anything by itself,
since anatomy and machine decide what is usual; beyond what the development images show, they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image

FEWEST = 20  # development images whose quality must be known
LEVELS = (0.01, 0.99)  # quantiles of the development images
MARGIN = 0.25  # of the distance between them, on top
BLOCK = 8  # pixels of a block of JPEG
LARGEST = 512  # pixels of the side in which blocks are looked for
FEWEST_BLOCKS = 4  # along a side
LUMA = np.asarray([0.299, 0.587, 0.114], np.float32)
Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Quality:
    """Technical quality of one image.

    Args:
        sharpness: log10 of the variance of the Laplacian over that of brightness, of the prepared image.
        noise: standard deviation in grey levels (0 to 255) of what the Laplacian's difference leaves
            (Immerkaer 1996), of the prepared image; fine texture counts as noise.
        white, black: share of prepared pixels at the upper and at the lower end.
        blocks: mean step across the borders of 8 x 8 blocks over that within them (after Wang, Sheikh & Bovik
            2002), in the pixels of the file; about 1 without lossy compression. None: too small to say.
    """

    sharpness: float
    noise: float
    white: float
    black: float
    blocks: float | None = None


@dataclass(frozen=True)
class _Rule:
    """Which end of a measure is bad, how fine it must be told apart at least, what to say."""

    high: bool
    least: float
    said: str


_RULES = {
    "sharpness": _Rule(
        False, 0.1, "The image is blurrier than the training images: look whether it is in focus."
    ),
    "noise": _Rule(True, 0.5, "The image is noisier than the training images."),
    "white": _Rule(
        True, 0.02, "More of the image is plain white than in training images; is it overexposed?"
    ),
    "black": _Rule(
        True, 0.02, "More of the image is plain black than in training images; is it underexposed?"
    ),
    "blocks": _Rule(
        True, 0.1, "The image shows blocks of strong compression, more than the training images."
    ),
}


def quality_of(image: Image, prepared: NDArray[np.uint8]) -> Quality:
    """Quality of `image`, whose prepared form is (S, S, 3) with S of at least 3."""
    grey = prepared.astype(np.float32) @ LUMA
    white, black = float((grey >= 254).mean()), float((grey <= 1).mean())
    return Quality(_sharpness(grey), _noise(grey), white, black, _blocks(_corner(image.pixels)))


def summarise_quality(qualities: Iterable[Quality]) -> dict[str, Any]:
    """What is usual among development images, JSON-ready: {"quality": {measure: [low, high]}}.

    Measures that fewer than `FEWEST` images have are left out; {} where none remains.
    """
    qualities = list(qualities)
    found = {}
    for field in fields(Quality):
        told = [value for one in qualities if (value := getattr(one, field.name)) is not None]
        if len(told) >= FEWEST:
            found[field.name] = [round(float(limit), 4) for limit in np.quantile(told, LEVELS)]
    return {"quality": found} if found else {}


def quality_remarks(quality: Quality | None, seen: Mapping[str, Any]) -> list[str]:
    """Sentences on what is worse than among the development images.

    Args:
        quality: of the new image; None: unknown, nothing is said.
        seen: with what `summarise_quality` gave, or of an earlier version, without it.
    """
    usual = seen.get("quality") or {}
    if quality is None:
        return []
    rules = ((name, rule) for name, rule in _RULES.items() if name in usual)
    return [rule.said for name, rule in rules if _worse(quality, name, usual[name])]


def _worse(quality: Quality, name: str, usual: list[float]) -> bool:
    value, rule, (low, high) = getattr(quality, name), _RULES[name], usual
    if value is None:
        return False
    margin = max(MARGIN * (high - low), rule.least)
    return bool(value > high + margin if rule.high else value < low - margin)


def _sharpness(grey: Grey) -> float:
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    detail = np.var(around - 4 * grey[1:-1, 1:-1])
    return float(np.log10((detail + 1e-3) / (np.var(grey) + 1e-3)))


def _noise(grey: Grey) -> float:
    """Immerkaer's fast estimate: a difference of two Laplacians sees noise, little of straight edges."""
    across = grey[:, :-2] - 2 * grey[:, 1:-1] + grey[:, 2:]
    both = across[:-2] - 2 * across[1:-1] + across[2:]
    return float(np.sqrt(np.pi / 2) * np.abs(both).mean() / 6)


def _corner(pixels: NDArray[Any]) -> Grey:
    """The middle of the file's pixels in grey, from the corner of a block on."""
    rows, columns = (_middle(length) for length in pixels.shape[:2])
    part = pixels[rows, columns].astype(np.float32)
    return part[..., :3] @ LUMA if part.ndim == 3 else part


def _middle(length: int) -> slice:
    start = max(0, (length - LARGEST) // 2) // BLOCK * BLOCK
    return slice(start, start + LARGEST)


def _blocks(grey: Grey) -> float | None:
    if min(grey.shape) < FEWEST_BLOCKS * BLOCK:
        return None
    ratios = [_steps(np.abs(np.diff(one, axis=1)).mean(axis=0)) for one in (grey, grey.T)]
    return float(np.mean(ratios))


def _steps(step: Grey) -> float:
    """Mean of the steps (w - 1,) between blocks over the mean of those within."""
    border = np.arange(len(step)) % BLOCK == BLOCK - 1
    within = float(step[~border].mean())
    return float(step[border].mean()) / within if within > 1e-6 else 1.0
