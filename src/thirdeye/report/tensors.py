"""What a file of weights holds, from its header alone: no tensor is read and no torch is needed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

LONGEST_HEADER = 10_000_000
# Kept beside the parameters but not learned by gradient: statistics of normalisation layers and of the input.
_NOT_LEARNED = ("running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Tensors:
    """Counts of one network.

    Args:
        parameters: numbers that are learned.
        convolutions, linear, normalisations: layers of each kind.
    """

    parameters: int
    convolutions: int
    linear: int
    normalisations: int

    @property
    def text(self) -> str:
        """``49 convolutions, 49 normalisations, 1 linear layer``."""
        kinds = (
            (self.convolutions, "convolution"),
            (self.normalisations, "normalisation"),
            (self.linear, "linear layer"),
        )
        return ", ".join(f"{n} {name}{'s' * (n != 1)}" for n, name in kinds if n)


def count_tensors(path: Path) -> Tensors | None:
    """Counts from the header of a safetensors file; None where it is missing or not one.

    Format: eight bytes of length (little endian), then as many bytes of JSON: name to dtype and shape.
    """
    try:
        with path.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if not 2 <= length <= LONGEST_HEADER:
                return None
            header = json.loads(stream.read(length))
        shapes = {name: tuple(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    normalised = [name for name in shapes if name.endswith("running_mean")]
    learned = {
        name: shape
        for name, shape in shapes.items()
        if name.endswith((".weight", ".bias")) and not name.endswith(_NOT_LEARNED)
    }
    return Tensors(
        parameters=sum(math.prod(shape) for shape in learned.values()),
        convolutions=sum(len(shape) >= 4 for shape in learned.values()),
        linear=sum(len(shape) == 2 for shape in learned.values()),
        normalisations=len(normalised),
    )
