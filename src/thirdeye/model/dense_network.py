"""What every network of dense prediction offers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn


class DenseNetwork(nn.Module, ABC):
    """Images (B, C, ...) to logits (B, K, ...) of the same sides.

    Where cases also have a label, `label_head` turns the coarsest features into its logits; both tasks share
    the encoder (see `thirdeye.model.label_head`).
    """

    def __init__(self) -> None:
        super().__init__()
        self.label_head: nn.Module | None = None

    @abstractmethod
    def answers(self, images: Tensor) -> list[Tensor]:
        """Logits of every level that answers while training, the finest (full sides) first."""

    def pretrained(self) -> list[nn.Parameter]:
        """Parameters that begin with learnt weights and are moved more gently; none by default."""
        return []

    def forward(self, images: Tensor) -> Tensor:
        """Logits at full resolution."""
        return self.answers(images)[0]

    def coarsest(self, images: Tensor) -> Tensor:
        """Features (B, F, ...) of the encoder at its coarsest level.

        Raises:
            NotImplementedError: the network cannot learn a label beside its masks.
        """
        raise NotImplementedError(f"{type(self).__name__} gives no features for a label")

    def labels(self, images: Tensor) -> Tensor:
        """Logits (B, classes) of the label of whole images; needs a `label_head`."""
        if self.label_head is None:
            raise ValueError("the network was built without a head for labels")
        logits: Tensor = self.label_head(self.coarsest(images))
        return logits
