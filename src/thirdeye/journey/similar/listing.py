"""Lists for many past cases: made by faiss, kept as plain numbers, measured before they are used.

An inverted file (Sivic and Zisserman, ICCV 2003): spherical k-means makes the centres, each case belongs to
the list of its nearest centre, and the rows of a gallery are put into the order of the lists. How many lists
to look at is fixed on some known cases, and what that misses is measured on others; both are sought as new
cases would be, without their own patient. faiss (Johnson, Douze and Jégou, IEEE Trans. Big Data 7, 2021) is
the optional extra "search"; without it, all cases are compared.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.proper_scores import mean_metric
from thirdeye.inference.similar.gallery import Gallery, read_gallery, write_gallery
from thirdeye.inference.similar.lists import BEYOND, Beyond, Lists, write_lists
from thirdeye.inference.similar.search import largest, similarities
from thirdeye.intake.workers import usable_threads

NEAREST = 10  # whose share is measured
WANTED = 0.98  # of the nearest, that the lists looked at shall hold
QUERIES = 200  # to fix the number of lists on, and as many again to measure it
FEWEST = 100  # rows of a run, to measure anything
MOST = 0.25  # of the lists; where more have to be looked at, lists are not worth it
LISTS = 3  # times the root of the number of cases
ROUNDS = 10  # of k-means
SAMPLE = 64  # cases a list that k-means learns from
BLOCK = 20_000
Floats = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Listed:
    """A run in its new order.

    Args:
        order: (n,) old places.
        lists: of the new order; None where lists are not worth it.
        told: what is kept of it in ``model.json``; None with the lists.
    """

    order: Rows
    lists: Lists | None
    told: dict[str, Any] | None


def library() -> str | None:
    """Name and version of what makes lists; None where it is not installed."""
    return f"faiss {_faiss().__version__}" if find_spec("faiss") else None


def with_lists(study: Study, kept: Mapping[str, Any], *, beyond: Beyond = BEYOND) -> dict[str, Any]:
    """The entry "similar" of the trust, with lists where there are many past cases; rewrites those galleries.

    A gallery that has lists keeps them. The whole gallery is held in memory while it is put into order.

    Args:
        study: whose past cases they are.
        kept: the entry.
        beyond: from when on.
    """
    total = sum(int(one["n"]) for one in kept["galleries"])
    search: dict[str, Any] = {"beyond": beyond.cases}
    if total <= beyond.cases:
        return {**kept, "search": search}
    name = library()
    if name is None:
        return {**kept, "search": search | {"missing": "faiss"}}
    galleries = [
        entry if entry.get("lists") else _listed(study, entry, name, beyond.run)
        for entry in kept["galleries"]
    ]
    return {**kept, "search": search, "galleries": galleries}


def _listed(study: Study, entry: Mapping[str, Any], name: str, fewest: int) -> dict[str, Any]:
    gallery = read_gallery(study, entry)
    start, runs = 0, []
    for _, count in gallery.groups:
        enough = count >= max(fewest, FEWEST)
        runs.append(lists_of(gallery, start, count) if enough else _as_it_is(start, count))
        start += count
    if all(run.lists is None for run in runs):
        return dict(entry)
    order = np.concatenate([run.order for run in runs])
    sorted_ = replace(
        gallery, vectors=gallery.vectors[order], pictures=gallery.pictures[order],
        cases=tuple(gallery.cases[row] for row in order),
    )  # fmt: skip
    del gallery
    written = write_gallery(study, sorted_)
    lists = write_lists(study, sorted_.name, [run.lists for run in runs])
    return written | {"lists": {**lists, "library": name, "runs": [run.told for run in runs]}}


def _as_it_is(start: int, count: int) -> Listed:
    return Listed(np.arange(start, start + count), None, None)


def lists_of(gallery: Gallery, start: int, count: int) -> Listed:
    """Lists of the rows of a gallery from `start` on, which were seen through the same members.

    Args:
        gallery: past cases.
        start, count: the rows, at least `FEWEST`.
    """
    vectors = np.asarray(gallery.vectors[start : start + count], np.float32)
    patients = np.array([one.patient for one in gallery.cases[start : start + count]], str)
    centres, belongs = cluster(vectors, int(LISTS * count**0.5))
    order = np.argsort(belongs, kind="stable")
    sizes = np.bincount(belongs, minlength=len(centres))
    lists = Lists(centres, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), len(centres))
    asked = np.sort(np.random.default_rng(0).permutation(count)[: 2 * QUERIES])
    depth = _depths(vectors, patients, centres, belongs, asked)
    met = np.isfinite(depth).any(axis=1)
    visited, recall = _fixed(depth[met], patients[asked][met])
    if visited > MOST * len(centres):
        return _as_it_is(start, count)
    read = [sizes[lists.nearest(vectors[row], visited)].sum() / count for row in asked[1::2]]
    told = {
        "n": count, "lists": len(centres), "visited": visited, "share_read": float(np.mean(read)),
        "recall": recall,
    }  # fmt: skip
    return Listed(start + order, replace(lists, visited=visited), told)


def cluster(vectors: Floats, count: int) -> tuple[Floats, Rows]:
    """Centres (count, D) of unit vectors (n, D) by spherical k-means, and each one's nearest; seeded."""
    faiss = _faiss()
    faiss.omp_set_num_threads(usable_threads())
    sample = np.sort(np.random.default_rng(0).permutation(len(vectors))[: SAMPLE * count])
    means = faiss.Kmeans(
        vectors.shape[1], count, niter=ROUNDS, seed=1, spherical=True, min_points_per_centroid=1,
        max_points_per_centroid=SAMPLE,
    )  # fmt: skip
    means.train(np.ascontiguousarray(vectors[sample]))
    parts = [
        means.index.search(np.ascontiguousarray(vectors[first : first + BLOCK]), 1)[1][:, 0]
        for first in range(0, len(vectors), BLOCK)
    ]
    return np.asarray(means.centroids, np.float32), np.concatenate(parts).astype(np.int64)


def _depths(
    vectors: Floats, patients: NDArray[np.str_], centres: Floats, belongs: Rows, asked: Rows
) -> NDArray[np.float64]:
    """(q, NEAREST) lists to look at, for each asked row, to meet each of its nearest; NaN: there is none."""
    found = np.full((len(asked), NEAREST), np.nan)
    for at, row in enumerate(asked):
        alike = similarities(vectors, vectors[row])
        alike[row] = -np.inf
        alike[(patients == patients[row]) & (patients != "")] = -np.inf
        nearest = largest(alike, NEAREST)
        place = np.empty(len(centres), np.int64)
        place[np.argsort(-(centres @ vectors[row]), kind="stable")] = np.arange(len(centres))
        found[at, : len(nearest)] = 1 + place[belongs[nearest]]
    return found


def _fixed(depth: NDArray[np.float64], patients: NDArray[np.str_]) -> tuple[int, dict[str, Any]]:
    """How many lists to look at, by every second asked row; and the share met, by the other rows."""
    half = np.sort(depth[0::2][np.isfinite(depth[0::2])])
    if not half.size or len(depth) < 2:
        return np.iinfo(np.int64).max, {}
    visited = int(half[int(np.ceil(WANTED * len(half))) - 1])
    rest = depth[1::2]
    met = (rest <= visited).sum(axis=1) / np.isfinite(rest).sum(axis=1)
    known = np.array([name or f"row {at}" for at, name in enumerate(patients[1::2])], str)
    recall = mean_metric(
        met, name="recall_at_10", clusters=known,
        convention="share of the 10 nearest of other patients that lie in the lists looked at",
    )  # fmt: skip
    high = None if recall.ci_high is None else min(1.0, recall.ci_high)
    return visited, replace(recall, ci_high=high).as_json()


def _faiss() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its generated bindings
        return import_module("faiss")
