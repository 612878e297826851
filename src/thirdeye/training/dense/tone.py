"""Random changes of brightness, contrast, sharpness and noise of patches; arrays of any number of axes."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from torch import Tensor


def toned(patch: Tensor, strength: float, rng: Generator) -> Tensor:
    """A patch as another device might have taken it.

    Each change happens in a share of the patches only, in the ranges of Isensee et al. (Nature Methods 18,
    2021) where `strength` is 1.

    Args:
        patch: (C, ...) normalised; not changed in place.
        strength: 0 leaves it alone.
        rng: decides.
    """
    if strength <= 0:
        return patch
    if rng.random() < 0.15:
        patch = patch + torch.randn(patch.shape, generator=_generator(rng)) * float(
            rng.uniform(0, 0.3 * strength)
        )
    if rng.random() < 0.15:
        patch = patch * float(np.exp(rng.uniform(-1, 1) * np.log1p(0.3 * strength)))
    if rng.random() < 0.15:
        patch = _stretched(patch, float(np.exp(rng.uniform(-1, 1) * np.log1p(0.4 * strength))))
    if rng.random() < 0.15:
        patch = patch + float(rng.uniform(-0.2, 0.2) * strength)
    if rng.random() < 0.15:
        patch = _coarse(patch, float(rng.uniform(1, 1 + strength)))
    if rng.random() < 0.3:
        patch = _gamma(
            patch, float(np.exp(rng.uniform(-1, 1) * np.log1p(0.4 * strength))), rng.random() < 0.3
        )
    return patch


def _generator(rng: Generator) -> torch.Generator:
    return torch.Generator().manual_seed(int(rng.integers(2**31)))


def _stretched(patch: Tensor, factor: float) -> Tensor:
    """Contrast about the mean, cut off at the old range."""
    axes = tuple(range(1, patch.ndim))
    mean = patch.mean(axes, keepdim=True)
    low, high = patch.amin(axes, keepdim=True), patch.amax(axes, keepdim=True)
    return ((patch - mean) * factor + mean).clamp(low, high)


def _gamma(patch: Tensor, power: float, inverted: bool) -> Tensor:
    """A curved grey scale; mean and spread stay."""
    axes = tuple(range(1, patch.ndim))
    turned = -patch if inverted else patch
    low = turned.amin(axes, keepdim=True)
    reach = (turned.amax(axes, keepdim=True) - low).clamp(min=1e-6)
    bent = ((turned - low) / reach) ** power * reach + low
    bent = -bent if inverted else bent
    spread = patch.std(axes, keepdim=True) / bent.std(axes, keepdim=True).clamp(min=1e-6)
    return (bent - bent.mean(axes, keepdim=True)) * spread + patch.mean(axes, keepdim=True)


def _coarse(patch: Tensor, factor: float) -> Tensor:
    """As if taken with larger pixels."""
    sides = patch.shape[1:]
    small = [max(1, round(side / factor)) for side in sides]
    smooth = "bilinear" if len(sides) == 2 else "trilinear"
    reduced = F.interpolate(patch[None], size=small, mode="nearest")
    return F.interpolate(reduced, size=sides, mode=smooth, align_corners=False)[0]
