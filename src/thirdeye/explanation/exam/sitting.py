"""What one sitting of the exam is about: a trained network and the same images for every method."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from thirdeye.explanation.exam.labels import PERMUTATIONS, many_headed
from thirdeye.explanation.exam.order import by_chance
from thirdeye.explanation.method import Directions, Images, Method, Sampling, direction
from thirdeye.explanation.subject import as_images, of_network
from thirdeye.inference.heat_map import METHOD

FEWEST, MOST = 6, 24  # images
RANDOM_NETWORKS = 3  # of methods that cost much more than a pass; others take more
GIGAFLOPS = 450.0  # that one method may cost by default: some 15 s of one core
SECONDS = 15.0
SHARE = 0.1  # of the time budget of a run, for one method
PASSES = 2500  # that its images may take by default, however small they are: some 12 s at 96 px
ASKED = 3.0  # times as much for a method that was asked for


@dataclass(frozen=True)
class Sitting:
    """Development material of the exam.

    Args:
        network: the first member, in evaluation mode.
        other: another member that learnt from other cases; None where there is one alone.
        prepared: (n, S, S, 3) uint8 exam images, of as many patients as possible.
        patients: (n,).
        shown: (n,) class whose evidence is shown.
        features, labels: pooled features (m, C) of development cases and their labels, for new heads.
        task: kind of decision.
        seed: of everything random.
        regions: (n, side, side) what an annotator marked on the exam images; None where nothing is.
        tuned: whether more than the last layer of the network was trained on the labels.
        budget_s: seconds that the whole run may take; a short run examines less. None: any time.
    """

    network: Any
    other: Any | None
    prepared: NDArray[np.uint8]
    patients: NDArray[Any]
    shown: NDArray[np.int64]
    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    task: str
    seed: int
    regions: NDArray[np.bool_] | None = None
    tuned: bool = True
    budget_s: float | None = None

    @cached_property
    def images(self) -> Images:
        """(n, 3, S, S) in 0..1."""
        return as_images(self.prepared)

    @cached_property
    def directions(self) -> Directions:
        """(n, 1, K)."""
        return direction(self.shown, self.network.head.out_features, task=self.task)

    @cached_property
    def heads(self) -> Any:
        """The network with its own head, a refitted one and permuted ones; see `many_headed`."""
        return many_headed(self.network, self.features, self.labels, task=self.task, seed=self.seed)

    @cached_property
    def chance(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Insertion and deletion in random orders, of all images."""
        return by_chance(of_network(self.network), self.images, self.directions, seed=self.seed)

    @cached_property
    def gigaflops(self) -> float:
        """Of the convolutions of one forward pass of one image; a multiplication and an addition are two."""
        counted: list[float] = []
        hooks = [
            layer.register_forward_hook(
                lambda module, _, out: counted.append(2.0 * out[0, 0].numel() * module.weight.numel())
            )
            for layer in self.network.modules()
            if isinstance(layer, torch.nn.Conv2d)
        ]
        try:
            with torch.inference_mode():
                self.network(torch.from_numpy(self.images[:1]))
        finally:
            for hook in hooks:
                hook.remove()
        return sum(counted) / 1e9

    def _rounds(self, method: Method) -> int:
        """How many networks, and heads where each takes passes of its own, a map is made of."""
        rounds = 1 + RANDOM_NETWORKS + (self.other is not None)
        if method.needs_torch:
            rounds += 1 + PERMUTATIONS  # perturbed images serve all heads, gradients only one
        return rounds

    def sampled(self, method: Method, *, asked: bool = False) -> Method:
        """The method; where it samples and is too dear, the same with fewer samples, for `FEWEST` images."""
        if not isinstance(method, Sampling):
            return method
        return method.fewer(int(self._passes(asked=asked) / (FEWEST * self._rounds(method))))

    def count(self, name: str, method: Method, *, asked: bool = False) -> int:
        """How many images a method is examined on; all where it costs no more than a pass."""
        most = min(MOST, len(self.images))
        if name == METHOD:
            return most
        affordable = self._passes(asked=asked) / (method.passes * self._rounds(method))
        return min(most, max(FEWEST, int(affordable)))

    def affordable(self, name: str, method: Method) -> bool:
        """Whether the exam of a method fits into what a run has time for."""
        sampled = self.sampled(method)
        return name == METHOD or FEWEST * sampled.passes * self._rounds(sampled) <= self._passes(asked=False)

    def _passes(self, *, asked: bool) -> float:
        """Forward passes that the exam of one method may take."""
        most = min(GIGAFLOPS / max(self.gigaflops, 1e-9), PASSES)
        if asked:
            return most * ASKED
        return most if self.budget_s is None else most * min(1.0, SHARE * self.budget_s / SECONDS)
