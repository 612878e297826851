"""What a network brings to the trial of data, where one is installed: vectors to compare, and velocity."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from thirdeye.errors import MissingExtra
from thirdeye.intake.collection import Collection
from thirdeye.intake.companions import led_to
from thirdeye.intake.exhibits import Embedder, Velocity
from thirdeye.intake.reference import as_path
from thirdeye.training.machine import prepare_process

_BATCH = 4  # a plan needs the exact figure and takes 32; a check must not take long, nor much memory
_LIMIT_S = 2.0


def installed_embedder() -> tuple[Embedder | None, str]:
    """The embedder, or None and a sentence that says what is missing."""
    prepare_process()
    try:
        from thirdeye.model.embed import FrozenEmbedder

        return FrozenEmbedder(), ""
    except (ImportError, MissingExtra):
        missing = MissingExtra("comparing pictures by a network's features", "train")
        return None, f"Pictures are compared by their pixels alone: {missing}."


def velocity_of(collection: Collection, *, probe: bool) -> Velocity:
    """The size of the files, and this machine's speed.

    Args:
        collection: what was opened.
        probe: measure the speed where a network is installed; takes two seconds, once a process.
    """
    training, reading = _speeds() if probe else (None, None)
    return Velocity(
        training_images_per_s=training, reading_images_per_s=reading, bytes_total=_bytes_of(collection)
    )


@cache
def _speeds() -> tuple[float | None, float | None]:
    prepare_process()
    try:
        from thirdeye.training.velocity import images_per_s, images_read_per_s
    except ImportError:
        return None, None
    return images_per_s(batch=_BATCH, limit_s=_LIMIT_S), images_read_per_s()


def _bytes_of(collection: Collection) -> int:
    """Bytes of all image files, each once; of an archive its own; of a series all files of its folder."""
    if collection.root.is_file():
        return collection.root.stat().st_size
    named = {as_path(collection.root, reference) for reference in collection.rows["image"]}
    total = 0
    for path in {file for place in named for file in _files_of(place)}:
        try:
            total += path.stat().st_size if path.is_file() else 0
        except (OSError, ValueError):
            continue
    return total


def _files_of(place: Path) -> Iterable[Path]:
    """A file and where its samples may lie; of the folder of a series all that is below it."""
    return place.rglob("*") if place.is_dir() else (place, *map(Path, led_to(str(place))))
