"""From which similarity on a case may be the very same image: fixed on copies made of known images."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from thirdeye.evaluation.metric import Metric, undefined
from thirdeye.evaluation.proportion import proportion
from thirdeye.inference.similar.fit import fit_basis
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.pictures import small_pictures

Square = NDArray[np.uint8]
ORIGINALS = 40
MOST = 2000  # images of a large study that pairs are made of
FOUND = 0.95  # of the copies, that the limit lets through
ON_ITSELF = "development images, on which the limit was fixed"
PAIRS = "no interval, as every case stands in many pairs"
FALSE_FLAGS = 0.01  # of new cases, that may be flagged though they are of another patient


def _saved_again(square: Square) -> Square:
    stream = io.BytesIO()
    PillowImage.fromarray(square).save(stream, "JPEG", quality=75)
    return np.asarray(PillowImage.open(stream))


def _rescaled(square: Square) -> Square:
    size = len(square)
    small = PillowImage.fromarray(square).resize((3 * size // 4,) * 2, PillowImage.Resampling.BILINEAR)
    return np.asarray(small.resize((size, size), PillowImage.Resampling.BILINEAR))


def _cropped(square: Square) -> Square:
    size = len(square)
    edge = max(1, size // 50)
    inner = PillowImage.fromarray(square[edge:-edge, edge:-edge])
    return np.asarray(inner.resize((size, size), PillowImage.Resampling.BILINEAR))


def _brighter(square: Square) -> Square:
    return np.clip(square.astype(np.float32) * 1.08 + 4, 0, 255).astype(np.uint8)


COPIES: dict[str, Callable[[Square], Square]] = {
    "saved again as JPEG of quality 75": _saved_again,
    "scaled to three quarters and back": _rescaled,
    "cropped by 2 % at each side": _cropped,
    "8 % brighter": _brighter,
}


def copies_of(squares: Square) -> Square:
    """(len(COPIES) * n, S, S, 3): one kind of copy of all n prepared images after the other."""
    return np.stack([make(np.asarray(square)) for make in COPIES.values() for square in squares])


def fix_picture_measure(
    images: NDArray[np.uint8], itself: Callable[[NDArray[np.int64]], NDArray[np.bool_]], *, seed: int
) -> tuple[Measure, dict[str, Any]]:
    """How small pictures are compared, and from which likeness on they may be copies.

    Plain correlation in the leading principal components, or whitened: whichever finds more of the copies.

    Args:
        images: (n, S, S, 3) prepared development images.
        itself: of rows: (b, b) whether two are of one patient, or known copies.
        seed: of the rows that are used.
    """
    rng = np.random.default_rng(seed)
    pictures = small_pictures(images)
    chosen = np.sort(rng.permutation(len(images))[:ORIGINALS])
    copies = small_pictures(copies_of(np.asarray(images[chosen])))
    some = np.sort(rng.permutation(len(images))[:MOST])
    others = np.triu(~itself(some), 1)
    tried = []
    for metric in ("cosine", "whitened"):
        mean, basis = fit_basis(pictures[some], np.full(len(some), -1), metric)
        measure = Measure(mean[None], basis[None])
        originals = pictures[np.tile(chosen, len(COPIES))]
        one, other = (measure.vectors(rows, (0,)) for rows in (copies, originals))
        all_of = measure.vectors(pictures[some], (0,))
        limit = fix_limit(
            (one * other).sum(axis=1), (all_of @ all_of.T)[others], gallery=len(images),
            originals=np.tile(chosen, len(COPIES)),
        )  # fmt: skip
        tried.append((measure, limit | {"metric": metric}))
    return max(tried, key=lambda one: (one[1]["copies_found"]["value"], -one[1]["pairs_flagged"]["value"]))


def fix_limit(
    of_copies: NDArray[np.floating],
    of_others: NDArray[np.floating],
    *,
    gallery: int,
    originals: NDArray[np.int64] | None = None,
) -> dict[str, Any]:
    """The limit, and what it does on the cases it was fixed on.

    It lies where `FOUND` of the copies lie above it, but never so low that more than `FALSE_FLAGS` of the
    queries of a gallery of this size would meet a case of another patient above it.

    Args:
        of_copies: (c,) similarities of copies with their originals.
        of_others: (p,) similarities of pairs of different patients, seen by members that know neither.
        gallery: number of past cases.
        originals: (c,) of which image each copy is; None: each of another.
    """
    allowed = int(FALSE_FLAGS * of_others.size / max(1, gallery))
    below = float(np.sort(of_others)[::-1][allowed]) if of_others.size > allowed else 0.0
    limit = max(float(np.quantile(of_copies, 1 - FOUND)), float(np.nextafter(below, 2)))
    return {
        "limit": limit,
        "n_copies": int(of_copies.size),
        "copies_found": proportion(
            of_copies >= limit, name="copies_found", clusters=originals, convention=ON_ITSELF
        ).as_json(),
        "n_pairs": int(of_others.size),
        "pairs_flagged": _flagged(of_others >= limit).as_json(),
        "copies": list(COPIES),
    }


def _flagged(flagged: NDArray[np.bool_]) -> Metric:
    """Share of pairs of different patients; no interval, as every case stands in many pairs."""
    if not flagged.size:
        return undefined("pairs_flagged", "no pair of different patients", n=0)
    return Metric(
        name="pairs_flagged", value=float(flagged.mean()), n=flagged.size, convention=f"{ON_ITSELF}; {PAIRS}",
        details={"count": int(flagged.sum())},
    )  # fmt: skip
