"""A plan in the words of those that build and train networks."""

from __future__ import annotations

from thirdeye.model.architectures.unet import UNetShape
from thirdeye.model.build_dense import widths
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import STEPS_A_ROUND
from thirdeye.training.dense.loop import DenseRecipe
from thirdeye.training.dense.warp import Warping


def shape_of(plan: DensePlan) -> UNetShape:
    """Of the plan's U-Net."""
    return UNetShape(
        plan.inputs, len(plan.classes) + 1, widths(plan.width, plan.levels), plan.strides, plan.kernels
    )


def recipe_of(plan: DensePlan) -> DenseRecipe:
    """How a member is trained under a plan."""
    return DenseRecipe(
        patch=plan.patch, batch_size=plan.batch_size, rounds=plan.rounds, steps=STEPS_A_ROUND,
        learning_rate=plan.learning_rate, weight_decay=plan.weight_decay, encoder_rate=plan.encoder_rate,
        loss=plan.loss, foreground=plan.foreground, mining=plan.mining,
        warping=Warping(plan.turn_deg, plan.turned_axes, plan.scale, plan.warped), mirrored=plan.mirrored,
        tone=plan.tone, precision=plan.precision, averaging=plan.averaging, overlap=plan.overlap,
        seed=plan.seed,
    )  # fmt: skip
