"""What a map of tissues means: a network learns grades and findings from it, and never sees an intensity.

Source: De Fauw et al., Nature Medicine 2018;24:1342-1350 (a classification network on the tissue maps of a
segmentation network; cross-entropy of the referral, a binary one for each finding).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor, nn

from thirdeye.training.adamw import AdamW
from thirdeye.transform.dense.one_hot import one_hot_maps

Maps = NDArray[np.uint8]


@dataclass(frozen=True)
class DecisionSetting:
    """How the decision is learnt.

    Args:
        epochs: passes over the maps; fewer where time is up.
        batch_size: maps a step.
        learning_rate: of Adam.
        finding_weight: of the findings' cross-entropy beside the grade's.
        shift: largest shift along rows and columns, as a share of the side.
        seed: of everything random.
        deadline: `time.monotonic()` by which it should be done.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    finding_weight: float
    shift: float
    seed: int
    deadline: float


def fit_decision(
    network: nn.Module,
    maps: Sequence[Maps],
    grades: NDArray[np.int64],
    findings: NDArray[np.float32],
    setting: DecisionSetting,
    *,
    n_tissues: int,
) -> int:
    """Learn grades and findings from tissue maps.

    Args:
        network: one-hot maps (B, n_tissues, slices, rows, columns) to logits (B, grades + findings); changed
            in place.
        maps: of each segmentation network, (n, slices, rows, columns); each step takes those of one.
        grades: (n,) class index.
        findings: (n, F) 0 or 1; NaN where nobody said.
        setting: how.
        n_tissues: background included.

    Returns:
        Passes that were made.
    """
    rng = np.random.default_rng(setting.seed)
    optimiser = AdamW([{"params": list(network.parameters())}], lr=setting.learning_rate, weight_decay=0.0)
    n_grades = int(network(_shown(maps[0][:2], n_tissues, 0.0, rng)).shape[1]) - findings.shape[1]
    network.train()
    done = 0
    while done < setting.epochs:
        for rows in _batches(len(grades), setting.batch_size, rng):
            said = network(_shown(maps[int(rng.integers(len(maps)))][rows], n_tissues, setting.shift, rng))
            loss = F.cross_entropy(said[:, :n_grades], torch.from_numpy(grades[rows]))
            loss = loss + setting.finding_weight * _of_findings(said[:, n_grades:], findings[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        done += 1
        if time.monotonic() > setting.deadline:
            break
    network.eval()
    return done


def _batches(count: int, size: int, rng: Generator) -> list[NDArray[np.int64]]:
    """All rows in a new order; a last batch of one, of which batch norm learns nothing, is left out."""
    order = rng.permutation(count)
    parts = [order[start : start + size] for start in range(0, count, size)]
    return [part for part in parts if len(part) > 1]


def _shown(maps: Maps, n_tissues: int, shift: float, rng: Generator) -> Tensor:
    """Maps as the network sees them: mirrored left to right by chance, moved a little, one-hot."""
    drawn = []
    for one in maps:
        moved = one[..., ::-1] if shift and rng.random() < 0.5 else one
        for axis in (1, 2):
            most = int(shift * one.shape[axis])
            places = np.arange(one.shape[axis]) + int(rng.integers(-most, most + 1))
            moved = moved.take(places, axis=axis, mode="clip")
        drawn.append(moved)
    return torch.from_numpy(one_hot_maps(np.stack(drawn), n_tissues))


def _of_findings(logits: Tensor, truth: NDArray[np.float32]) -> Tensor:
    """Mean binary cross-entropy over the findings that somebody spoke of; 0 where nobody did."""
    target = torch.from_numpy(truth)
    known = ~torch.isnan(target)
    if not bool(known.any()):
        return logits.sum() * 0
    return F.binary_cross_entropy_with_logits(logits[known], target[known])
