"""A traditional technique for outlines: plain features of single pixels and a random forest.

As in Ilastik (Sommer et al. 2011, ISBI) and, for vessels, Staal et al. 2004 (IEEE TMI 23:501): every pixel is
described by hand-crafted features and classified alone; its neighbours speak only through the features.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from thirdeye.transform.dense.pixel_features import pixel_features

MOST_PIXELS = 60_000  # that the forest learns from
MOST_CASES = 80
MOST_JUDGED = 8  # held-out cases that choose the settings
TREES = 24
LEAST_LEAF = 8
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # how far the true rarity of a structure counts
BLURS = (0.0, 1.0)  # of the probabilities, in pixels
LARGEST = 2_000_000  # pixels that are classified one by one; of larger images every second along each axis
Labels = NDArray[np.uint8]
Images = Sequence[NDArray[np.float32]]


@dataclass(frozen=True)
class ClassicalModel:
    """A fitted forest with the settings that held-out cases chose.

    Args:
        forest: of scikit-learn.
        classes: label that each of its columns stands for.
        rarity: logarithm of how much rarer each label is in images than among what it learnt from.
        weight: share of `rarity` that counts.
        blur: of the probabilities.
        n_cases, n_pixels: that it learnt from.
        chosen: whether held-out cases chose the settings.
    """

    forest: Any
    classes: NDArray[np.int64]
    rarity: NDArray[np.float64]
    weight: float = 0.5
    blur: float = 1.0
    n_cases: int = 0
    n_pixels: int = 0
    chosen: bool = False

    def read(self, image: NDArray[np.float32]) -> Labels:
        """Label map of an image (C, ...) as the network sees it."""
        step = 1 if image[0].size <= LARGEST else 2
        coarse = image[(slice(None), *[slice(None, None, step)] * (image.ndim - 1))]
        found = self.decided(self.logits(np.ascontiguousarray(coarse)))
        for axis in range(found.ndim if step > 1 else 0):
            found = np.repeat(found, step, axis=axis)
        return np.ascontiguousarray(found[tuple(slice(0, side) for side in image.shape[1:])])

    def logits(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """(labels, ...) logarithm of what the forest says, before rarity and blur."""
        shares = self.forest.predict_proba(pixel_features(image))
        logits = np.log(np.clip(shares, 1e-3, None)).astype(np.float32)
        return np.moveaxis(logits.reshape(*image.shape[1:], len(self.classes)), -1, 0)

    def decided(self, logits: NDArray[np.float32]) -> Labels:
        """Label map from `logits` under the settings."""
        values = logits
        if self.blur:
            values = np.stack([ndimage.gaussian_filter(one, self.blur, mode="nearest") for one in logits])
        shift = (self.weight * self.rarity).reshape(-1, *[1] * (logits.ndim - 1))
        return self.classes[np.argmax(values + shift, axis=0)].astype(np.uint8)


def fit_classical(
    images: Images,
    targets: Sequence[Labels],
    *,
    held_out: Sequence[int],
    n_structures: int,
    seconds: float,
    seed: int,
    threads: int = 1,
) -> ClassicalModel | None:
    """Learn from sampled pixels, and choose the settings by Dice on held-out cases.

    Args:
        images: (C, ...) as the network sees them.
        targets: (...) label maps; labels above `n_structures` take no part.
        held_out: positions of cases that choose and are not learnt from.
        n_structures: labels 1 to this.
        seconds: aim; fewer cases are looked at when time is short.
        seed: of the sample and the forest.
        threads: for the forest.

    Returns:
        None where fewer than two labels were seen.
    """
    from sklearn.ensemble import RandomForestClassifier

    started, rng = time.monotonic(), np.random.default_rng(seed)
    learnt = [int(row) for row in rng.permutation(len(images)) if row not in set(held_out)][:MOST_CASES]
    share = max(200, MOST_PIXELS // max(1, len(learnt)))
    rows, labels = [], []
    counts = np.zeros(n_structures + 1)
    for number, row in enumerate(learnt):
        if number > 1 and time.monotonic() - started > seconds / 3:
            break
        at = _sampled(targets[row], share, n_structures, rng)
        counts += np.bincount(targets[row][targets[row] <= n_structures].ravel(), minlength=n_structures + 1)
        rows.append(pixel_features(np.asarray(images[row]), at))
        labels.append(np.asarray(targets[row]).ravel()[at])
    table, truth = np.concatenate(rows), np.concatenate(labels)
    if np.unique(truth).size < 2:
        return None
    forest = RandomForestClassifier(TREES, min_samples_leaf=LEAST_LEAF, n_jobs=threads, random_state=seed)
    forest.fit(table, truth)
    classes = forest.classes_.astype(np.int64)
    drawn = np.array([(truth == label).mean() for label in classes])
    true = counts[classes] / counts.sum()
    model = ClassicalModel(
        forest, classes, np.log(np.clip(true, 1e-9, None) / drawn), n_cases=len(rows), n_pixels=len(truth)
    )
    left = seconds - (time.monotonic() - started)
    return _chosen(model, images, targets, list(held_out)[:MOST_JUDGED], n_structures, left)


def _sampled(target: Labels, share: int, n_structures: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Positions: half background, half structures, each structure as often."""
    flat = np.asarray(target).ravel()
    there = [number for number in range(1, n_structures + 1) if (flat == number).any()]
    found = []
    for number in (0, *there):
        places = np.flatnonzero(flat == number)
        wanted = share // 2 if number == 0 else share // (2 * len(there))
        wanted = share if not there else wanted
        found.append(places if places.size <= wanted else rng.choice(places, wanted, replace=False))
    return np.concatenate(found)


def _chosen(
    model: ClassicalModel, images: Images, targets: Sequence[Labels], held_out: Sequence[int], n: int,
    left: float,
) -> ClassicalModel:  # fmt: skip
    """The settings with the highest mean Dice on the held-out cases that there is time for."""
    pairs = [(weight, blur) for weight in WEIGHTS for blur in BLURS]
    candidates = [replace(model, weight=weight, blur=blur, chosen=True) for weight, blur in pairs]
    totals, started, seen = np.zeros(len(candidates)), time.monotonic(), 0
    for row in held_out:
        if targets[row].size > LARGEST or (seen and time.monotonic() - started > left / 2):
            continue
        logits = model.logits(np.asarray(images[row]))
        totals += [_dice(one.decided(logits), targets[row], n) for one in candidates]
        seen += 1
    return candidates[int(totals.argmax())] if seen else model


def _dice(found: Labels, target: Labels, n_structures: int) -> float:
    """Mean over the structures that either marks; 1 where neither marks any."""
    values = []
    for number in range(1, n_structures + 1):
        one, other = found == number, target == number
        total = int(one.sum() + other.sum())
        if total:
            values.append(2 * int((one & other).sum()) / total)
    return float(np.mean(values)) if values else 1.0
