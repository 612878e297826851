"""Classifiers that slide over an image, by the names that a plan uses."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from thirdeye.errors import UsageError
from thirdeye.model.architectures.ciresan import DNN1, DNN2, CiresanNet
from thirdeye.model.architectures.patch_net import PatchNet
from thirdeye.model.architectures.vangrinsven import VanGrinsvenNet

BUILDERS: dict[str, Callable[[int, int], nn.Module]] = {
    "patch_net": lambda n_in, n_out: PatchNet(n_in=n_in, n_out=n_out),
    "ciresan_dnn1": lambda n_in, n_out: CiresanNet(DNN1, n_in=n_in, n_out=n_out),
    "ciresan_dnn2": lambda n_in, n_out: CiresanNet(DNN2, n_in=n_in, n_out=n_out),
    "vangrinsven": lambda n_in, n_out: VanGrinsvenNet(n_in=n_in, n_out=n_out),
}


def build_sliding(name: str, *, n_in: int, n_out: int) -> nn.Module:
    """A fresh network of patches.

    Args:
        name: a key of `thirdeye.plan.detection.networks.SLIDING_NETWORKS`.
        n_in: channels of the image.
        n_out: classes, background first.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in BUILDERS:
        raise UsageError(f"no classifier that slides is called '{name}'; there are: {', '.join(BUILDERS)}")
    return BUILDERS[name](n_in, n_out)
