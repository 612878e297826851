"""What a probe tries to tell: the classes of the readable images, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from thirdeye.intake.class_counts import SEPARATOR
from thirdeye.intake.collection import CLASSIFICATION
from thirdeye.intake.exhibits import Exhibits
from thirdeye.intake.not_applicable import NotApplicable

LEAST_GROUPS = 15  # patients a class; below it no probe can say anything


@dataclass(frozen=True)
class Target:
    """Classes of n images.

    Args:
        rows: (n rows) of the collection, one an image, indexed by it.
        positions: (n,) their rows in `Exhibits.facts`, `thumbnails` and `features`.
        membership: (n, k) whether the image has the class.
        classes: k names; those with too few patients are left out.
        left_out: classes with too few patients.
        groups: (n,) number of the patient; images with the same pixels are of one group as well.
        exclusive: one class an image (False for multi-label).
        positive: column of the class that counts as diseased, where there are two; else None.
    """

    rows: pd.DataFrame
    positions: NDArray[np.int64]
    membership: NDArray[np.bool_]
    classes: tuple[str, ...]
    left_out: tuple[str, ...]
    groups: NDArray[np.int64]
    exclusive: bool
    positive: int | None

    def __len__(self) -> int:
        return len(self.rows)

    def told(self, column: int) -> str:
        """What the AUC of a class is about: ``"Covid-19 against the rest"``, ``"yes against no"``."""
        if len(self.classes) == 2 and self.exclusive:
            return f"{self.classes[column]} against {self.classes[1 - column]}"
        return f"{self.classes[column]} against the rest"

    @property
    def asked(self) -> tuple[int, ...]:
        """Columns whose AUC is asked for: the positive class of two, every class of more."""
        if len(self.classes) == 2 and self.exclusive:
            return (1 if self.positive is None else self.positive,)
        return tuple(range(len(self.classes)))


def target_of(exhibits: Exhibits, *, least: int = LEAST_GROUPS) -> Target:
    """The classes that have at least `least` patients.

    Raises:
        NotApplicable: fewer than two of them (one, for multi-label).
    """
    collection = exhibits.collection
    if collection.task not in CLASSIFICATION or not collection.classes:
        raise NotApplicable("the images have no classes")
    rows = exhibits.rows
    if len(rows) == 0:
        raise NotApplicable("no image can be read")
    groups = groups_of(exhibits, rows)
    exclusive = collection.task != "multilabel"
    membership = membership_of(rows["label"], collection.classes, exclusive=exclusive)
    enough = np.array(
        [_groups(groups, membership[:, c], exclusive) >= least for c in range(membership.shape[1])]
    )
    if enough.sum() < (2 if exclusive else 1):
        raise NotApplicable(f"fewer than two classes have {least} patients or more")
    kept = membership[:, enough].any(axis=1) if exclusive else np.ones(len(rows), bool)
    classes = tuple(name for name, use in zip(collection.classes, enough, strict=True) if use)
    positive = classes.index(collection.positive) if collection.positive in classes else None
    return Target(
        rows=rows[kept],
        positions=np.array([exhibits.position[image] for image in rows.index[kept]], dtype=np.int64),
        membership=membership[kept][:, enough],
        classes=classes,
        left_out=tuple(name for name, use in zip(collection.classes, enough, strict=True) if not use),
        groups=groups[kept],
        exclusive=exclusive,
        positive=positive if len(classes) == 2 and exclusive else None,
    )


def membership_of(labels: pd.Series, classes: tuple[str, ...], *, exclusive: bool) -> NDArray[np.bool_]:
    """(n, k) whether each label text names each class; several are joined by ``|``."""
    if exclusive:
        return np.stack([(labels == name).to_numpy() for name in classes], axis=1)
    held = [frozenset(text.split(SEPARATOR)) for text in labels]
    return np.array([[name in names for name in classes] for names in held], dtype=bool)


def groups_of(exhibits: Exhibits, rows: pd.DataFrame) -> NDArray[np.int64]:
    """(n,) number of the group of each row: one patient, or the same pixels, and whatever those connect."""
    patients = rows["patient"].where(rows["patient"] != "", "\0" + rows["image"].astype(str))
    hashes = exhibits.facts["sha256"].reindex(rows.index)
    n = len(rows)
    one = pd.factorize(patients)[0]
    two = pd.factorize(hashes)[0] + one.max() + 1
    links = coo_matrix((np.ones(n), (one, two)), shape=(two.max() + 1,) * 2)
    return np.asarray(connected_components(links, directed=False)[1][one], dtype=np.int64)


def _groups(groups: NDArray[np.int64], has: NDArray[np.bool_], exclusive: bool) -> int:
    """Patients with the class; for multi-label the fewer of those with and without it."""
    here = np.unique(groups[has]).size
    return here if exclusive else min(here, np.unique(groups[~has]).size)
