"""Laying one picture over another exactly: stretch and shift along both axes, by Gauss-Newton steps.

The enhanced correlation coefficient of Evangelidis and Psarakis (IEEE TPAMI 2008) for a motion of four
numbers: brightness and contrast do not count.
"""

from __future__ import annotations

import numpy as np

from thirdeye.intake.twins.frame import Floats, Frames, apply, places, sampling

_STEP = 0.08  # largest change of scale or shift in one step
_SCALES = (0.75, 1 / 0.75)
_SHIFT = 0.3
_DAMPING = 1e-3
_COARSE, _FINE = 5.0, 0.75  # pixels of 32: slower changes are lighting, faster ones noise


def edges_of(pictures: Floats) -> Floats:
    """(B, S, S) without what changes slowly (lighting) and fast (noise)."""
    size = pictures.shape[-1]
    fine, coarse = _blur(_FINE, size), _blur(_COARSE, size)
    return apply(fine, pictures, fine) - apply(coarse, pictures, coarse)


def _blur(sigma: float, size: int) -> Floats:
    """(S, S) Gaussian smoothing of one axis; beyond the edge nothing."""
    distance = np.arange(size)[:, None] - np.arange(size)[None, :]
    weights = np.exp(-0.5 * (distance / sigma) ** 2)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def align(first: Floats, second: Floats, frames: Frames, *, steps: int) -> Frames:
    """Better frames.

    Args:
        first, second: (P, S, S) edges of the pictures, the first already laid in its symmetry.
        frames: where to start; within about 5 % of the truth.
        steps: of Gauss-Newton.
    """
    motion: Floats = np.concatenate([frames.rows, frames.columns], axis=1).astype(np.float32)
    for _ in range(steps if len(motion) else 0):  # an empty array cannot be reshaped by -1
        motion = _limited(motion + np.clip(_step(first, second, motion), -_STEP, _STEP))
    return Frames(motion[:, :2], motion[:, 2:])


def _limited(motion: Floats) -> Floats:
    motion[:, ::2] = np.clip(motion[:, ::2], *_SCALES)
    motion[:, 1::2] = np.clip(motion[:, 1::2], -_SHIFT, _SHIFT)
    return motion


def _step(first: Floats, second: Floats, motion: Floats) -> Floats:
    """Change of motion (P, 4) that brings the second nearest to the first, linearly."""
    size = first.shape[-1]
    u = places(size)
    rows, columns = (motion[:, [at]] * u + motion[:, [at + 1]] for at in (0, 2))
    seen = ((np.abs(rows) <= 1)[:, :, None] & (np.abs(columns) <= 1)[:, None, :]).astype(np.float32)
    moved = apply(sampling(rows, size), second, sampling(columns, size))
    down = np.gradient(moved, axis=1) * (size / 2) / motion[:, 0, None, None]
    right = np.gradient(moved, axis=2) * (size / 2) / motion[:, 2, None, None]
    count = len(first)
    every = np.stack([down * u[:, None], down, right * u, right], axis=1) * seen[:, None]
    target, moved_unit, length = _unit(first, seen)[0], *_unit(moved, seen)
    slopes: Floats = every.reshape(count, 4, -1) / length[:, None, None]
    slopes -= slopes.mean(axis=2, keepdims=True)
    slopes -= (slopes @ moved_unit[:, :, None]) * moved_unit[:, None, :]  # a change of contrast explains this
    normal = slopes @ slopes.transpose(0, 2, 1)
    trace = np.trace(normal, axis1=1, axis2=2) + 1e-12
    normal += _DAMPING * trace[:, None, None] * np.eye(4, dtype=np.float32)
    return np.linalg.solve(normal, slopes @ (target - moved_unit)[:, :, None])[:, :, 0]


def _unit(pictures: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """Vectors (P, S x S) of mean 0 and length 1 over what is seen, and their lengths (P,)."""
    count = np.maximum(seen.sum(axis=(1, 2)), 1)
    mean = (pictures * seen).sum(axis=(1, 2)) / count
    apart = ((pictures - mean[:, None, None]) * seen).reshape(len(pictures), -1)
    length = np.linalg.norm(apart, axis=1) + 1e-6
    return apart / length[:, None], length
