"""AdamW without what surrounds it in torch: that imports a compiler, some two seconds of every cold start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adamw import adamw

BETAS = 0.9, 0.999
EPSILON = 1e-8
WEIGHT_DECAY = 0.01
MOMENTS = "exp_avg", "exp_avg_sq", "step"


class AdamW:
    """AdamW (Loshchilov & Hutter, 2019): the steps of `torch.optim.AdamW` with ``fused=True``, bit for bit.

    Args:
        weights: parameters, or groups of them: dicts with ``params`` and, where it differs, ``weight_decay``;
            whatever else a group holds is kept.
        lr: learning rate, > 0; groups have their own in ``param_groups``, to be changed between steps.
        weight_decay: where a group names none.
    """

    def __init__(
        self, weights: Iterable[nn.Parameter] | list[dict[str, Any]], *, lr: float,
        weight_decay: float = WEIGHT_DECAY,
    ) -> None:  # fmt: skip
        given: list[Any] = list(weights)
        groups = given if given and isinstance(given[0], dict) else [{"params": given}]
        self.param_groups: list[dict[str, Any]] = [
            {"lr": lr, "weight_decay": weight_decay, **group, "params": list(group["params"])}
            for group in groups
        ]
        self._moments: dict[nn.Parameter, dict[str, Tensor]] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for weight in self._weights():
            weight.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every weight that has a gradient."""
        for group in self.param_groups:
            moved = [weight for weight in group["params"] if weight.grad is not None]
            moments = [self._moments_of(weight) for weight in moved]
            average, square, count = ([each[name] for each in moments] for name in MOMENTS)
            adamw(
                moved, [weight.grad for weight in moved], average, square, [], count, fused=True,
                amsgrad=False, beta1=BETAS[0], beta2=BETAS[1], lr=group["lr"],
                weight_decay=group["weight_decay"], eps=EPSILON, maximize=False,
            )  # fmt: skip

    def state_dict(self) -> dict[str, Any]:
        """Moments and groups, weights by their number: tensors and plain values."""
        numbers = {weight: number for number, weight in enumerate(self._weights())}
        groups = [
            {**group, "params": [numbers[weight] for weight in group["params"]]}
            for group in self.param_groups
        ]
        moments = {numbers[weight]: dict(each) for weight, each in self._moments.items()}
        return {"state": moments, "param_groups": groups}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` gave.

        Raises:
            ValueError: it is of other weights.
        """
        numbers = [group["params"] for group in state["param_groups"]]
        if [len(each) for each in numbers] != [len(group["params"]) for group in self.param_groups]:
            raise ValueError("the optimiser's state is of other weights")
        weights = dict(zip((number for each in numbers for number in each), self._weights(), strict=True))
        moments = {
            weights[number]: {name: each[name].clone() for name in MOMENTS}
            for number, each in state["state"].items()
        }
        if any(each["exp_avg"].shape != weight.shape for weight, each in moments.items()):
            raise ValueError("the optimiser's state is of weights of other shapes")
        self._moments = moments
        for group, saved in zip(self.param_groups, state["param_groups"], strict=True):
            group.update({name: value for name, value in saved.items() if name != "params"})

    def _weights(self) -> list[nn.Parameter]:
        return [weight for group in self.param_groups for weight in group["params"]]

    def _moments_of(self, weight: nn.Parameter) -> dict[str, Tensor]:
        if weight not in self._moments:
            self._moments[weight] = {
                "exp_avg": torch.zeros_like(weight, memory_format=torch.preserve_format),
                "exp_avg_sq": torch.zeros_like(weight, memory_format=torch.preserve_format),
                "step": torch.zeros((), dtype=torch.float32),
            }
        return self._moments[weight]
