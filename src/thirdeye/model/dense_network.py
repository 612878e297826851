"""What every network of dense prediction offers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn


class DenseNetwork(nn.Module, ABC):
    """Images (B, C, ...) to logits (B, K, ...) of the same sides."""

    @abstractmethod
    def answers(self, images: Tensor) -> list[Tensor]:
        """Logits of every level that answers while training, the finest (full sides) first."""

    def pretrained(self) -> list[nn.Parameter]:
        """Parameters that begin with learnt weights and are moved more gently; none by default."""
        return []

    def forward(self, images: Tensor) -> Tensor:
        """Logits at full resolution."""
        return self.answers(images)[0]
