"""Images that the speed benchmarks share: dermatoscopy, split by lesion, the set's test part untouched."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MALIGNANT = ("akiec", "bcc", "mel")


@dataclass(frozen=True)
class Part:
    """Files and their labels.

    Args:
        files: full paths.
        labels: diagnosis of each.
        lesions: what keeps images together.
    """

    files: list[Path]
    labels: list[str]
    lesions: list[str]

    @property
    def malignant(self) -> np.ndarray:
        """(n,) 1 for a malignant or premalignant diagnosis."""
        return np.array([int(label in MALIGNANT) for label in self.labels])


def parts(data: Path, sizes: tuple[int, ...], *, seed: int) -> tuple[Part, ...]:
    """Disjoint parts of about the given sizes; no lesion is in two of them.

    Args:
        data: folder of the public sets.
        sizes: images wanted in each part.
        seed: of the draw.

    Raises:
        SystemExit: the set is not there, or has fewer images.
    """
    folder = data / "ham10000_subset"
    if not (folder / "metadata.csv").exists():
        raise SystemExit(f"no ham10000_subset/metadata.csv in {data}; give its place with --data")
    with (folder / "metadata.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["suggested_split"] != "test"]
    if sum(sizes) > len(rows):
        raise SystemExit(f"{sum(sizes)} images wanted, {len(rows)} outside the test part; ask for fewer")
    by_lesion: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_lesion.setdefault(row["lesion_id"], []).append(row)
    lesions = [by_lesion[name] for name in sorted(by_lesion)]
    order = iter(spread([lesion[0]["dx"] for lesion in lesions], seed=seed))
    found = []
    for size in sizes:
        taken: list[dict[str, str]] = []
        while len(taken) < size:
            taken += lesions[next(order)][: size - len(taken)]
        found.append(
            Part(
                [folder / "images" / f"{row['image_id']}.jpg" for row in taken],
                [row["dx"] for row in taken],
                [row["lesion_id"] for row in taken],
            )
        )
    return tuple(found)


def spread(labels: list[str], *, seed: int) -> list[int]:
    """A random order in which every stretch holds the classes in about their shares."""
    random = np.random.default_rng(seed)
    names = np.array(labels)
    place = np.empty(len(names))
    for name in np.unique(names):
        mine = np.flatnonzero(names == name)
        place[mine] = (random.permutation(len(mine)) + random.random()) / len(mine)
    return [int(index) for index in np.argsort(place)]
