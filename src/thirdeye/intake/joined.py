"""Channels of one case that lie in files of their own: which files belong together, and one item of them.

nnU-Net names them ``CASE_0000``, ``CASE_0001``; others by what they show: ``CASE_T1``, ``CASE_FLAIR``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thirdeye.case.geometry import Geometry
from thirdeye.case.image import Image
from thirdeye.case.volume import Volume
from thirdeye.errors import UnreadableFile
from thirdeye.intake.formats.format import Item
from thirdeye.intake.pixels import load
from thirdeye.intake.reference import as_reference
from thirdeye.intake.stems import stem_of
from thirdeye.intake.words import listed

SAME_PLACE_MM = 1e-2  # by which affines of one case may differ


@dataclass(frozen=True)
class Channel:
    """One of several channels of a case.

    Args:
        name: what it shows ("FLAIR").
        ending: with which the names of its files end before ".nii.gz" ("_0001"); "": only `name` tells.
    """

    name: str
    ending: str = ""

    def split(self, stem: str) -> str | None:
        """The name of the case, where a file of this name holds the channel; else None."""
        plain = stem.lower().replace("-", "_").replace(" ", "_")
        named = "_" + self.name.lower().replace("-", "_").replace(" ", "_")
        for ending in (self.ending.lower().replace("-", "_").replace(" ", "_"), named):
            if len(ending) > 1 and plain.endswith(ending) and len(plain) > len(ending):
                return stem[: -len(ending)]
        return None


@dataclass(frozen=True)
class Joined:
    """What is read as one case.

    Args:
        files: of its channels in their order; or one file that holds all.
        refusal: why it cannot be read, going on from the name of the file; "": it can.
    """

    files: tuple[Path, ...]
    refusal: str = ""

    @property
    def source(self) -> str:
        """What to call it: the first file with its folder, the others by name."""
        first, *others = self.files
        return " + ".join([str(first), *(file.name for file in others)])

    @property
    def place(self) -> tuple[Path, tuple[str, ...]]:
        """The deepest folder that holds all files, and their references from there, for `load_joined`."""
        files = [Path(os.path.normpath(Path.cwd() / file)) for file in self.files]
        root = Path(os.path.commonpath([file.parent for file in files]))
        return root, tuple(as_reference(file.relative_to(root).as_posix()) for file in files)


def joined(paths: Iterable[Path], channels: Sequence[Channel]) -> list[Joined]:
    """Files put together to cases by their names, in the order in which their first files come.

    A file whose name tells no channel is a case of its own, which holds all channels.

    Args:
        paths: files.
        channels: that a case has; fewer than two: every file is a case.
    """
    cases: dict[tuple[Path, str], list[tuple[int, Path]]] = {}
    for path in dict.fromkeys(paths):
        number, case = _told(path, channels) if len(channels) > 1 else (-1, path.name)
        cases.setdefault((path.parent, case), []).append((number, path))
    return [_case(held, channels) for held in cases.values()]


def by_channel(files: Sequence[Path | None], channels: Sequence[Channel]) -> Joined:
    """One case of files that are named channel by channel; None where one is not there."""
    return _case([(n, file) for n, file in enumerate(files) if file is not None], channels)


def _told(path: Path, channels: Sequence[Channel]) -> tuple[int, str]:
    """Number of the channel that a file holds and name of its case; -1 and the file's own name: all."""
    cases = [channel.split(stem_of(path.name)) for channel in channels]
    told = [(len(case), number, case) for number, case in enumerate(cases) if case is not None]
    if not told:
        return -1, path.name
    _, number, case = min(told)  # "x_T2_FLAIR" holds "T2 FLAIR", not "FLAIR"
    return number, f"{case}/"  # no file is called like this


def _case(held: Sequence[tuple[int, Path]], channels: Sequence[Channel]) -> Joined:
    in_order = sorted(held, key=lambda one: one[0])
    numbers, files = [number for number, _ in in_order], tuple(path for _, path in in_order)
    if numbers[0] == -1:
        return Joined(files[:1])
    names = [channel.name for channel in channels]
    twice = {names[number] for number in numbers if numbers.count(number) > 1}
    if twice:
        return Joined(files, f"is one of several files of its case with {listed(sorted(twice))}; leave one")
    missing = [channels[number] for number in range(len(channels)) if number not in numbers]
    if missing:
        return Joined(files, _lacking(names, missing))
    return Joined(files)


def _lacking(names: Sequence[str], missing: Sequence[Channel]) -> str:
    what = "the channel" if len(missing) == 1 else "the channels"
    endings = [f"'{one.ending or '_' + one.name}'" for one in missing]
    return (
        f"comes without {what} {listed([one.name for one in missing])} of its case; the reader needs "
        f"{listed(list(names))}, each in a file: give the one whose name ends in {listed(endings)} as well"
    )


def load_joined(root: Path, references: Sequence[str]) -> Item:
    """What is in a file; of several, their channels one after another (`load_channels`).

    Raises:
        UnreadableFile: as of `load` and `load_channels`.
    """
    return load(root, references[0]) if len(references) == 1 else load_channels(root, references)


def load_channels(root: Path, files: Sequence[str]) -> Image | Volume:
    """One image or volume; with several files their channels one after another.

    Args:
        root: what references start from.
        files: of one case.

    Raises:
        UnreadableFile: a file is damaged or a signal, or does not lie on the grid of the first.
    """
    first, *others = (_load(root, file) for file in files)
    if not others:
        return first
    if not isinstance(first, Volume):
        raise UnreadableFile(files[0], "is one of several channels, which are joined for volumes only")
    parts = [first.voxels]
    for file, other in zip(files[1:], others, strict=True):
        if not isinstance(other, Volume) or not _same_grid(first, other):
            raise UnreadableFile(
                file,
                f"does not lie on the grid of '{files[0]}', another channel of its case; "
                "resample one to the grid of the other",
            )
        parts.append(other.voxels)
    voxels = [part if part.ndim == 4 else part[..., None] for part in parts]
    return Volume(
        np.concatenate(voxels, axis=-1), first.geometry, first.source, first.modality, first.attributes
    )


def _same_grid(one: Volume, other: Volume) -> bool:
    return one.voxels.shape[:3] == other.voxels.shape[:3] and bool(
        np.abs(_affine(one.geometry) - _affine(other.geometry)).max() < SAME_PLACE_MM
    )


def _affine(geometry: Geometry) -> np.ndarray:
    return np.asarray(geometry.affine, float)


def _load(root: Path, file: str) -> Image | Volume:
    item = load(root, file)
    if not isinstance(item, Image | Volume):
        raise UnreadableFile(file, "is a signal; masks belong to images and volumes")
    return item
