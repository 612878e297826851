"""Everything long and thin in the made-up thorax: vessels, airways, ribs, collar bones, spine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEP_MM = 1.0
RIB_PAIRS = 10
BRANCHINGS = 5


@dataclass(frozen=True)
class Tubes:
    """Many tubes as points on their centre lines.

    Args:
        points: (N, 3) mm.
        radius: (N,) mm.
        weight: (N,) length of centre line that a point stands for (mm) times the density.
    """

    points: Floats
    radius: Floats
    weight: Floats


def joined(*parts: Tubes) -> Tubes:
    """All tubes of all parts."""
    return Tubes(
        np.concatenate([part.points for part in parts]),
        np.concatenate([part.radius for part in parts]),
        np.concatenate([part.weight for part in parts]),
    )


def along(path: Floats, *, radius: float, density: float) -> Tubes:
    """A tube of one radius (mm) along a polyline (K, 3)."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    reached = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(reached[-1] / STEP_MM))
    where = (np.arange(count) + 0.5) * reached[-1] / count
    points = np.stack([np.interp(where, reached, path[:, axis]) for axis in range(3)], axis=1)
    return Tubes(points, np.full(count, radius), np.full(count, density * reached[-1] / count))


def hollow(path: Floats, *, radius: float, inner: float, density: float, inside: float) -> Tubes:
    """A tube with a shell (cortical bone) and a lighter inside (marrow): a tube minus a thinner one."""
    return joined(
        along(path, radius=radius, density=density), along(path, radius=inner, density=inside - density)
    )


def bones(rng: np.random.Generator, size: float) -> Tubes:
    """Ribs, collar bones and spine; densities relative to cortical bone."""
    parts = [_spine(rng)]
    slope = rng.normal(1.0, 0.08)
    calcified = rng.uniform(0.7, 1.0)
    for side in (-1.0, 1.0):
        for pair in range(RIB_PAIRS):
            parts.append(_rib(side, pair, size, slope, calcified))
        ends = np.array([[12, -78, 104], [60, -84, 112], [105, -52, 124], [148, -12, 122]], float)
        path = ends * np.array([side * size, 1, 1]) + np.array([0, 0, rng.normal(0, 4)])
        parts.append(hollow(path, radius=6.6, inner=4.8, density=0.95, inside=0.25))
    return joined(*parts)


def _rib(side: float, pair: int, size: float, slope: float, calcified: float) -> Tubes:
    """One rib: out and down from the spine, round the side, down and in towards the breastbone."""
    down = pair / (RIB_PAIRS - 1)
    width = (86 + 56 * np.sin(np.pi * (0.22 + 0.46 * down))) * size
    depth = 78 + 22 * np.sin(np.pi * (0.15 + 0.6 * down))
    angle = np.linspace(
        np.deg2rad(8), np.deg2rad(142 - 14 * down), 40
    )  # 0 at the spine, 180 at the breastbone
    drop = slope * (26 + 30 * down) * (1 - np.cos(angle)) * (0.72 + 0.28 * np.cos(angle / 2))
    top = 158 - 30.5 * pair * size
    path = np.stack(
        [
            side * width * np.sin(angle) ** 0.9,
            depth * np.cos(angle) ** 1.0,
            top - drop + 5 * np.sin(2 * angle),
        ],
        axis=1,
    )
    return hollow(path, radius=5.6, inner=4.3, density=calcified, inside=0.2)


def _spine(rng: np.random.Generator) -> Tubes:
    """Vertebral bodies and discs: one vertical tube whose density goes up and down, slightly curved."""
    heights = np.arange(-190.0, 190.0, STEP_MM)
    bend = rng.normal(0, 3.0)
    points = np.stack([bend * np.sin(heights / 70.0), np.full_like(heights, 62.0), heights], axis=1)
    is_body = np.mod(heights + rng.uniform(0, 25), 25.0) < 19.0
    return Tubes(points, np.where(is_body, 17.0, 15.0), np.where(is_body, 0.24, 0.04) * STEP_MM)


def airways() -> Tubes:
    """Windpipe and main bronchi: air, so the density is that of water with a minus sign."""
    windpipe = np.array([[0, 20, 190], [-2, 22, 120], [-4, 26, 52]], float)
    right = np.array([[-4, 26, 52], [-22, 22, 30], [-40, 16, 12]], float)
    left = np.array([[-4, 26, 52], [22, 22, 34], [44, 14, 20]], float)
    return joined(
        along(windpipe, radius=8.5, density=-0.95),
        along(right, radius=5.5, density=-0.7),
        along(left, radius=5.0, density=-0.7),
    )


def scar(rng: np.random.Generator, near: Floats) -> Tubes:
    """A thin streak as old inflammation leaves it; as common with nodules as without."""
    start = near + rng.normal(0, 1, 3) * np.array([18, 20, 55])
    direction = rng.normal(0, 1, 3) * np.array([1, 0.3, 0.5])
    end = start + direction / np.linalg.norm(direction) * rng.uniform(15, 45)
    return along(np.stack([start, end]), radius=rng.uniform(1.2, 2.2), density=0.8)


def lung_vessels(rng: np.random.Generator, side: float, depth: Callable[[Floats], Floats]) -> Tubes:
    """A branching tree from the hilum; each branch parts in two and radii follow Murray's law.

    Args:
        side: -1 (patient's right) or 1.
        depth: (N, 3) points to (N,): below 1 inside the lung.
    """
    fan = np.deg2rad(np.array([72, 48, 22, -5, -32, -56, -78]) + rng.normal(0, 7, 7))
    ways = np.stack([side * np.cos(fan), rng.normal(0, 0.45, fan.size), np.sin(fan)], axis=1)
    starts = np.array([side * 36, 8, 12]) + rng.normal(0, 3, (fan.size, 3))
    radii = rng.uniform(3.4, 5.0, fan.size)
    parts = []
    for level in range(BRANCHINGS + 1):
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        lengths = 27.0 * 0.86**level * rng.uniform(0.7, 1.3, len(ways))
        parts.append(_straight(starts, ways, lengths, radii))
        ends = starts + ways * lengths[:, None]
        inside = depth(ends) < 0.96
        ends, ways, radii = ends[inside], ways[inside], radii[inside]
        starts = np.repeat(ends, 2, axis=0)
        share = rng.uniform(0.35, 0.65, len(ways))
        radii = np.stack([radii * share ** (1 / 3), radii * (1 - share) ** (1 / 3)], axis=1).ravel()
        sway = rng.normal(0, 0.42, (len(ways), 3)) * np.array([1, 1.2, 1])
        ways = np.stack([ways + sway, ways - sway], axis=1).reshape(-1, 3)
    tree = joined(*parts)
    inside = depth(tree.points) < 0.985
    return Tubes(tree.points[inside], tree.radius[inside], tree.weight[inside])


def _straight(starts: Floats, ways: Floats, lengths: Floats, radii: Floats) -> Tubes:
    """Straight branches, vectorised: (M, 3) starts and unit directions, (M,) lengths and radii."""
    count = int(np.ceil(lengths.max() / STEP_MM)) if len(lengths) else 0
    share = (np.arange(count) + 0.5) / max(count, 1)
    points = starts[:, None] + ways[:, None] * (share[:, None] * lengths[:, None, None])  # (M, count, 3)
    return Tubes(points.reshape(-1, 3), np.repeat(radii, count), np.repeat(lengths / max(count, 1), count))
