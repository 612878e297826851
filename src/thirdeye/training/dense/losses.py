"""Losses of dense prediction: overlap (Dice) and cross-entropy together, at every answering level.

Sources: soft Dice over the batch: Drozdzal et al. 2016; Dice with cross-entropy and the weights of the
levels: Isensee et al., Nature Methods 18, 2021; focal: Lin et al., ICCV 2017; Tversky: Salehi et al. 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from thirdeye.registry import Registry
from thirdeye.transform.dense.prepare import IGNORED as IGNORED

SMOOTH = 1e-5

DenseLoss = Callable[[Tensor, Tensor], Tensor]
DENSE_LOSSES: Registry[DenseLoss] = Registry("dense_loss")


def dice_loss(logits: Tensor, target: Tensor, *, missed: float = 0.5) -> Tensor:
    """One minus the soft overlap of each structure, counted over the whole batch, averaged.

    Args:
        logits: (B, K, ...), background first.
        target: (B, ...) class numbers; `IGNORED` takes no part.
        missed: weight of what was missed against what was wrongly marked (Tversky's beta); 0.5 is Dice.
    """
    known = (target != IGNORED).unsqueeze(1)
    shares = torch.softmax(logits.float(), 1) * known
    truth = one_hot(target, logits.shape[1])
    axes = (0, *range(2, logits.ndim))
    both = (shares * truth).sum(axes)[1:]
    false = shares.sum(axes)[1:] - both
    lacking = truth.sum(axes)[1:] - both
    return 1 - ((both + SMOOTH) / (both + (1 - missed) * false + missed * lacking + SMOOTH)).mean()


def one_hot(target: Tensor, n_classes: int) -> Tensor:
    """(B, ...) class numbers to (B, n_classes, ...) of 0 and 1; a row of zeros where `IGNORED`."""
    values = torch.arange(n_classes, device=target.device).view(1, -1, *[1] * (target.ndim - 1))
    return (target.unsqueeze(1) == values).float()


@DENSE_LOSSES.register("dice_cross_entropy")
def dice_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """The usual one."""
    return dice_loss(logits, target) + _over_known(_surprise(logits, target), target)


@DENSE_LOSSES.register("cross_entropy")
def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Alone: for places that are drawn class by class, where overlap says nothing."""
    return _over_known(_surprise(logits, target), target)


@DENSE_LOSSES.register("dice_focal")
def dice_focal(logits: Tensor, target: Tensor) -> Tensor:
    """Easy voxels count less: for small structures in much background."""
    each = _surprise(logits, target)
    return dice_loss(logits, target) + _over_known((1 - torch.exp(-each)) ** 2 * each, target)


@DENSE_LOSSES.register("tversky_cross_entropy")
def tversky_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Missed voxels cost more than false ones: for structures that are easily overlooked."""
    return dice_loss(logits, target, missed=0.7) + _over_known(_surprise(logits, target), target)


def _surprise(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of every voxel; 0 where `IGNORED`."""
    return F.cross_entropy(logits.float(), target.long(), ignore_index=IGNORED, reduction="none")


def _over_known(each: Tensor, target: Tensor) -> Tensor:
    """Mean over the voxels that take part; 0 where none does, as in a patch wholly beyond the image."""
    return each.sum() / (target != IGNORED).sum().clamp(min=1)


def supervised_loss(loss: DenseLoss, answers: Sequence[Tensor], target: Tensor) -> Tensor:
    """The loss of every answering level, each half as heavy as the finer one; weights sum to 1.

    Args:
        loss: of one level.
        answers: logits, the finest level first.
        target: (B, ...) at the finest level; coarser ones take the nearest voxel.
    """
    weights = [0.5**level for level in range(len(answers))]
    total = answers[0].new_zeros(())
    for weight, logits in zip(weights, answers, strict=True):
        sides = logits.shape[2:]
        at_level = target
        if sides != target.shape[1:]:
            at_level = F.interpolate(target.unsqueeze(1).float(), size=sides, mode="nearest").squeeze(1)
        total = total + weight / sum(weights) * loss(logits, at_level.long())
    return total
