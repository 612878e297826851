"""How probable each structure is in each place: read slab by slab, kept in a file, given back one at a time.

The values are the network's own shares (softmax of the mean logits of members and views); nothing has been
fitted to make them come true as often as they say.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import StageFailed
from thirdeye.inference.dense.segment import Reader
from thirdeye.transform.dense.prepare import Prepared, own_grid, own_grid_shares
from thirdeye.transform.dense.tidy import tidied
from thirdeye.transform.dense.windows import Windows, read_slabs

IN_MEMORY = 64 * 2**20  # bytes of maps, beyond which they go to a file in the temporary folder
_BYTES = 4

Array = NDArray[np.float32]


@dataclass(frozen=True)
class DenseProbabilities:
    """Maps of the structures of one image; they take no memory until one is asked for.

    Args:
        item: the image or volume that they belong to.
        sides: of the grid that the network saw.
        structures: names, from number 1.
        file: float32, structure by structure, each in C order; it disappears with this object.
    """

    item: Image | Volume
    sides: tuple[int, ...]
    structures: tuple[str, ...]
    file: IO[bytes]

    def __iter__(self) -> Iterator[tuple[str, Array]]:
        """Each structure with its map, one after another."""
        return ((name, self.of(number)) for number, name in enumerate(self.structures, 1))

    def of(self, number: int) -> Array:
        """The map of one structure (from 1), 0 to 1, on the image's own grid."""
        count = int(np.prod(self.sides))
        self.file.seek((number - 1) * count * _BYTES)
        seen = np.frombuffer(self.file.read(count * _BYTES), "<f4").reshape(self.sides)
        return own_grid_shares(self.item, seen)


def segment_with_probabilities(
    reader: Reader, seen: Prepared, windows: Windows, tidying: dict[int, str], *, structures: tuple[str, ...]
) -> tuple[NDArray[np.uint8], DenseProbabilities]:
    """The label map that `thirdeye.inference.dense.segment.segment` gives, and the probabilities behind it.

    Args:
        reader, seen, windows, tidying: as there.
        structures: names, from number 1.

    Raises:
        StageFailed: there is no room for the maps in the temporary folder.
    """
    sides = seen.array.shape[1:]
    labels = np.zeros(sides, np.uint8)
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives on in the maps
    maps = DenseProbabilities(seen.item, sides, structures, file)
    weakref.finalize(maps, file.close)
    for first, logits in read_slabs(seen.array, reader.run, windows, n_outputs=len(structures) + 1):
        labels[first : first + logits.shape[1]] = logits.argmax(axis=0)
        _put(file, softmax(logits)[1:], first, sides)
    return tidied(own_grid(seen, labels), tidying), maps


def softmax(logits: Array) -> Array:
    """Logits (K, ...) to shares that sum to 1; computed in place."""
    logits -= logits.max(axis=0, keepdims=True)
    np.exp(logits, out=logits)
    logits /= logits.sum(axis=0, keepdims=True)
    return logits


def _put(file: IO[bytes], slab: Array, first: int, sides: tuple[int, ...]) -> None:
    """Write a slab (structures, depth, ...) that begins at `first` of the first axis."""
    row = int(np.prod(sides[1:])) * _BYTES
    try:
        for number, values in enumerate(slab):
            file.seek((number * sides[0] + first) * row)
            file.write(values.astype("<f4").tobytes())
    except OSError as error:
        need = len(slab) * sides[0] * row / 2**20
        raise StageFailed(
            f"the probability maps of this image take {need:,.0f} MB of the temporary folder: "
            f"{error.strerror}; make room there, or set TMPDIR to a folder with room"
        ) from error
