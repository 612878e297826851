"""A plan in the words of those that build and train networks."""

from __future__ import annotations

from thirdeye.model.architectures.multiscale_patch import PatchShape
from thirdeye.model.architectures.unet import UNetShape
from thirdeye.model.build_dense import widths
from thirdeye.plan.dense.plan import DensePlan
from thirdeye.plan.dense.rules import STEPS_A_ROUND
from thirdeye.training.dense.loop import DenseRecipe
from thirdeye.training.dense.warp import Warping


def shape_of(plan: DensePlan) -> UNetShape | PatchShape:
    """Of the plan's network."""
    if plan.scales:
        return PatchShape(
            plan.inputs, len(plan.classes) + 1, plan.scales, plan.width, plan.axes, plan.thick_axis
        )
    return UNetShape(
        plan.inputs, len(plan.classes) + 1, widths(plan.width, plan.levels), plan.strides, plan.kernels
    )


def recipe_of(plan: DensePlan) -> DenseRecipe:
    """How a member is trained under a plan."""
    return DenseRecipe(
        patch=plan.patch, learnt=plan.learnt, margin=plan.margin, batch_size=plan.batch_size,
        rounds=plan.rounds, steps=STEPS_A_ROUND, optimiser=plan.optimiser, learning_rate=plan.learning_rate,
        weight_decay=plan.weight_decay, encoder_rate=plan.encoder_rate,
        loss=plan.loss, sampling=plan.sampling, foreground=plan.foreground, mining=plan.mining,
        warping=Warping(plan.turn_deg, plan.turned_axes, plan.scale, plan.warped, plan.elastic),
        mirrored=plan.mirrored,
        tone=plan.tone, precision=plan.precision, averaging=plan.averaging, overlap=plan.overlap,
        seed=plan.seed,
    )  # fmt: skip
