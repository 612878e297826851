"""Keeps a reader that says where something is from images that it knows nothing of; no network is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.image import Image
from thirdeye.case.opinion import Opinion
from thirdeye.case.reliance import Familiarity
from thirdeye.case.study import Study
from thirdeye.case.volume import Volume
from thirdeye.inference.appearance import appearance_of
from thirdeye.inference.hashed import verified
from thirdeye.inference.surroundings import Surroundings
from thirdeye.transform.prepare import prepare

_SHOWN_PX = 512


@dataclass(frozen=True)
class Picture:
    """A picture for a page; fits `thirdeye.inference.located.Drawn`."""

    pixels: NDArray[np.uint8]
    caption: str


@dataclass(frozen=True)
class Withheld:
    """An image on which no opinion is given.

    Args:
        opinion: with the reason.
        item: the image.
    """

    opinion: Opinion
    item: Image | Volume

    def picture(self) -> Picture:
        """The image as it is."""
        plane = self.item if isinstance(self.item, Image) else _middle(self.item)
        size = max(1, min(_SHOWN_PX, plane.height, plane.width))
        return Picture(
            prepare(plane, size_px=size, resize="pad", intensity="percentile"), "no opinion is given"
        )

    def write(self, folder: Path, stem: str) -> tuple[str, ...]:
        """Nothing: there is nothing to write; no names."""
        return ()


@dataclass(frozen=True)
class Guard:
    """Decides whether an image is one that the reader knows.

    Args:
        surroundings: of the appearance; None: every image is let through.
        manifest: of the reader, with `task`, `classes`, `architecture` and `onnx`.
    """

    surroundings: Surroundings | None = None
    manifest: Any = None

    def familiarity(self, item: Any) -> Familiarity | None:
        """How much an image in memory is like the known ones; None where that cannot be said."""
        around = self.surroundings
        if around is None or around.look is None or not isinstance(item, Image | Volume):
            return None
        found = appearance_of(item)
        if found.shape != around.look.centre.shape:  # a volume for a reader of images, which says so itself
            return None
        return around.familiarity(float(around.distance_of(None, found[None])[0]))

    def judged(self, reading: Any, known: Familiarity | None) -> Any:
        """A reading with how familiar its image is."""
        return replace(reading, opinion=replace(reading.opinion, familiarity=known)) if known else reading

    def withheld(self, item: Image | Volume, source: str, known: Familiarity) -> Withheld:
        """An abstention on an image outside."""
        reason = (
            f"it looks unlike the images that the reader knows ({known.distance:.1f} times the distance that "
            "nearly all known images stay below)"
        )
        manifest = self.manifest
        opinion = Opinion(
            source=source, task=manifest.task, probabilities={}, abstained=reason, familiarity=known,
            looked_for=tuple(manifest.classes),
            model={"name": manifest.architecture, "sha256": manifest.onnx[0]["sha256"]},
        )  # fmt: skip
        return Withheld(opinion, item)


OPEN = Guard()


def open_guard(study: Study, manifest: Any) -> Guard:
    """The guard of a study; of one that an earlier version trained, one that lets everything through.

    Raises:
        StudyMismatch: its file is missing, or was changed after training.
    """
    envelope: Mapping[str, Any] = manifest.envelope
    if "file" not in envelope:
        return Guard(None, manifest)
    return Guard(Surroundings.from_bytes(verified(study, envelope)), manifest)


def _middle(volume: Volume) -> Image:
    voxels = np.asarray(volume.voxels)
    plane = voxels[:, :, voxels.shape[2] // 2]
    plane = plane[..., 0] if plane.ndim == 3 else plane
    return Image(np.nan_to_num(np.rot90(plane).astype(np.float32)), 32, volume.source)
