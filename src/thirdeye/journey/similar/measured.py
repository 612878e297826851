"""How well similar cases are found for the test part, beside raw pixels and hand-crafted features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.retrieval import CONVENTION, Ranked, compare_retrieval, rank, retrieval_metrics
from thirdeye.inference.manifest import Manifest
from thirdeye.inference.similar.finder import Finder
from thirdeye.inference.similar.gallery import TRAINING
from thirdeye.inference.similar.kept import NAME, read_finder
from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.journey.baseline import Baseline, features_of
from thirdeye.journey.material import Material
from thirdeye.journey.scoring import Scored
from thirdeye.journey.similar.relevance import SIDE, itself, same_class

MOST = 2000  # queries of a large test part
RIVALS = {
    "pixels": ("raw pixels", f"correlation of the pictures, shrunk to {SIDE} x {SIDE}"),
    "handcrafted": (
        "hand-crafted features",
        "cosine of the features of the traditional technique, each with mean 0 and deviation 1",
    ),
}


@dataclass(frozen=True)
class Asked:
    """Queries from the test part and the gallery of development cases.

    Args:
        rows: (q,) of the test part.
        test, development: the cases.
        pictures, others: small pictures of both.
    """

    rows: NDArray[np.int64]
    test: Material
    development: Material
    pictures: NDArray[np.float32]
    others: NDArray[np.float32]

    def rank(self, similarity: NDArray[np.floating]) -> Ranked:
        """Measure (q, n) similarities of queries and development cases."""
        queries, gallery = self.test.rows.iloc[self.rows], self.development.rows
        own = itself(queries, gallery, self.pictures, self.others)
        return rank(similarity, same_class(self.test.labels[self.rows], self.development.labels), own)


def join_retrieval(
    place: Study,
    entry: dict[str, Any],
    scored: Scored,
    development: Material,
    baseline: Baseline,
    manifest: Manifest,
    *,
    patients_known: bool,
) -> None:
    """Add "retrieval" to the entry of the test part, where the reader keeps similar cases.

    No network has learnt from a query, and none that sees a case of the gallery has learnt from it.

    Args:
        place: the study.
        entry: of the test part in ``evaluation.json``.
        scored: its cases, with features.
        development: the rows that the gallery was made of.
        baseline: with the hand-crafted features of the development rows.
        manifest: of the reader.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    kept = manifest.trust.get(NAME)
    if not kept or scored.features is None:
        return
    asked = _asked(scored, development)
    own = [one for one in kept["galleries"] if one["name"] == TRAINING]
    finder = read_finder(place, {**kept, "galleries": own})
    clusters = scored.material.patients[asked.rows] if patients_known else None
    ours = asked.rank(_ours(finder, scored.features[asked.rows], development))
    described = baseline.features, features_of(scored.material.images[asked.rows])
    rivals = {"pixels": asked.pictures @ asked.others.T, "handcrafted": _handcrafted(*described)}
    entry["retrieval"] = {
        "n_queries": len(asked.rows),
        "n_gallery": len(development.rows),
        "features": kept["features"],
        "metric": kept["metric"],
        "convention": CONVENTION,
        "metrics": [one.as_json() for one in retrieval_metrics(ours, clusters=clusters)],
        "comparisons": [_against(name, ours, asked.rank(table), clusters) for name, table in rivals.items()],
    }


def _asked(scored: Scored, development: Material) -> Asked:
    n = len(scored.material.rows)
    rows = np.sort(np.random.default_rng(0).permutation(n)[:MOST]).astype(np.int64)
    pictures = small_pictures(scored.material.images[rows], SIDE)
    return Asked(rows, scored.material, development, pictures, small_pictures(development.images, SIDE))


def _ours(finder: Finder, features: NDArray[np.float32], development: Material) -> NDArray[np.float32]:
    """(q, n) in the order of the development rows."""
    (gallery,) = finder.galleries
    position = {image: row for row, image in enumerate(development.rows["image"].astype(str))}
    found = np.empty((len(features), len(gallery.cases)), np.float32)
    found[:, [position[one.image] for one in gallery.cases]] = [finder.similarities(one) for one in features]
    return found


def _handcrafted(known: NDArray[np.floating], new: NDArray[np.floating]) -> NDArray[np.float64]:
    """Cosines (q, n) of standardised features; what never varies is left out."""
    mean, deviation = known.mean(axis=0), known.std(axis=0)
    varies = deviation > 0
    sides = [(side[:, varies] - mean[varies]) / deviation[varies] for side in (new, known)]
    units = [side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-12) for side in sides]
    found: NDArray[np.float64] = np.asarray(units[0] @ units[1].T, np.float64)
    return found


def _against(name: str, ours: Ranked, theirs: Ranked, clusters: NDArray[np.str_] | None) -> Mapping[str, Any]:
    title, description = RIVALS[name]
    measures = [one.as_json() for one in compare_retrieval(ours, theirs, clusters=clusters)]
    return {"name": name, "title": title, "description": description, "measures": measures}
