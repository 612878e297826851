"""What must stay together: images of one patient, and copies of one picture."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd


def kept_together(rows: pd.DataFrame, hashes: pd.Series, copies: Iterable[Sequence[str]] = ()) -> pd.Series:
    """Name of the group of each row: the smallest image reference that it is tied to.

    Args:
        rows: with ``image`` and ``patient`` ("" where unknown).
        hashes: pixel hash by image reference, "" where unreadable.
        copies: groups of images that show nearly the same picture, or belong to one study or volume.

    Returns:
        Strings with the index of `rows`; independent of the order of the rows.
    """
    images = list(rows["image"])
    parent = {image: image for image in images}
    known = set(images)
    nearly = [[image for image in group if image in known] for group in copies]
    same = [*_same(images, list(rows["patient"])), *_same(images, [hashes.get(i, "") for i in images])]
    for tied in (*same, *nearly):
        for other in tied[1:]:
            _join(parent, tied[0], other)
    return pd.Series([_root(parent, image) for image in images], index=rows.index, dtype=object)


def _same(images: Sequence[str], keys: Iterable[str]) -> list[list[str]]:
    tied: dict[str, list[str]] = {}
    for image, key in zip(images, keys, strict=True):
        if key:
            tied.setdefault(key, []).append(image)
    return list(tied.values())


def _root(parent: dict[str, str], name: str) -> str:
    while parent[name] != name:
        parent[name] = parent[parent[name]]
        name = parent[name]
    return name


def _join(parent: dict[str, str], one: str, other: str) -> None:
    """The smaller name becomes the root, so that the result doesn't depend on the order."""
    first, second = sorted((_root(parent, one), _root(parent, other)))
    parent[second] = first


def shuffled(names: Iterable[str], seed: int, purpose: str) -> list[str]:
    """Names in an order that depends on `seed` and each name only, not on the order they came in."""

    def key(name: str) -> bytes:
        return hashlib.sha256(f"{seed}/{purpose}/{name}".encode("utf-8", "surrogatepass")).digest()

    return sorted(set(names), key=key)
