"""Which features, which measure of likeness: judged on cases that no member in use has learnt from.

Each row that a fold held out is looked for among the other rows that it held out, by members that know none
of them; whatever is fitted is fitted on other patients. A measure that was taught by the classes is taken
only where it is better beyond chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.evaluation.retrieval import Ranked, compare_retrieval, rank, retrieval_metrics
from thirdeye.inference.similar.fit import METRICS, fit_basis
from thirdeye.inference.similar.gallery import Group
from thirdeye.inference.similar.measure import Measure
from thirdeye.journey.similar.relevance import itself, same_class
from thirdeye.journey.similar.through import Members

PARTS = 4  # of the patients of a block, for what is fitted
FEWEST = 40  # rows of a block, to judge by
DECIDING = "precision_at_5"


@dataclass(frozen=True)
class Candidate:
    """One way to measure likeness, and how well it found.

    Args:
        features: one of `thirdeye.journey.similar.through.FEATURES`.
        metric: one of `thirdeye.inference.similar.fit.METRICS`.
        ranked: on the judged cases.
    """

    features: str
    metric: str
    ranked: Ranked

    @property
    def value(self) -> float:
        """Mean precision at 5; -1 where no case can be judged by it."""
        values = self.ranked.precision[5]
        return -1.0 if np.isnan(values).all() else float(np.nanmean(values))


@dataclass(frozen=True)
class Choice:
    """What was chosen and why.

    Args:
        features, metric: as of `Candidate`.
        candidates: all that were judged, JSON-ready; none where there were too few cases.
        reason: a sentence.
    """

    features: str
    metric: str
    candidates: tuple[dict[str, Any], ...]
    reason: str


@dataclass(frozen=True)
class Development:
    """Development cases as the finished ensemble sees them.

    Args:
        features: (n, M * C).
        labels: (n,) classes, or (n, K) of 0 and 1.
        rows: of ``dataset.csv``, with "patient".
        pictures: (n, P) small pictures, of side `thirdeye.journey.similar.relevance.SIDE`.
        members: which have learnt from which row.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.int64]
    rows: pd.DataFrame
    pictures: NDArray[np.float32]
    members: Members

    @property
    def patients(self) -> NDArray[np.str_]:
        """(n,) names."""
        return self.rows["patient"].to_numpy(dtype=str)

    def itself(self, block: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(b, b) whether two rows of a block are of one patient, or copies of each other."""
        rows = self.rows.iloc[block]
        return itself(rows, rows, self.pictures[block], self.pictures[block])


def choose(ground: Development, blocks: Sequence[NDArray[np.int64]], *, seed: int) -> Choice:
    """The best on development cases.

    Args:
        ground: the cases.
        blocks: rows that were held out together.
        seed: of the parts.
    """
    usable = [block for block in blocks if len(block) >= FEWEST]
    named = ground.members.choices()
    if not named or not usable:
        why = "too few cases are held out to judge by" if named else "every member has learnt from some case"
        return Choice(
            named[0] if named else "taught_members", "cosine", (), f"Not chosen by measurement: {why}."
        )
    excluded = [ground.itself(block) for block in usable]
    judged = [
        Candidate(name, metric, _judged(ground, usable, excluded, name, metric, seed))
        for name in named
        for metric in METRICS
    ]
    clusters = np.concatenate([ground.patients[block] for block in usable])
    best, reason = _best(judged, clusters)
    told = tuple(_told(one, clusters) for one in judged)
    return Choice(best.features, best.metric, told, reason)


def _best(judged: Sequence[Candidate], clusters: NDArray[np.str_]) -> tuple[Candidate, str]:
    plain = max((one for one in judged if one.metric != "taught"), key=lambda one: one.value)
    taught = max((one for one in judged if one.metric == "taught"), key=lambda one: one.value)
    gain = next(
        one.result for one in compare_retrieval(taught.ranked, plain.ranked, clusters=clusters)
        if one.first.name == DECIDING
    )  # fmt: skip
    if gain is not None and gain.ci_low is not None and gain.ci_low > 0:
        return taught, "Taught by the classes: better than untaught beyond chance."
    return plain, "Not taught by the classes: no gain beyond chance."


def _told(one: Candidate, clusters: NDArray[np.str_]) -> dict[str, Any]:
    metrics = [metric.as_json() for metric in retrieval_metrics(one.ranked, clusters=clusters)]
    return {"features": one.features, "metric": one.metric, "metrics": metrics}


def _judged(
    ground: Development,
    blocks: Sequence[NDArray[np.int64]],
    excluded: Sequence[NDArray[np.bool_]],
    name: str,
    metric: str,
    seed: int,
) -> Ranked:
    found = []
    for block, itself_ in zip(blocks, excluded, strict=True):
        group = ground.members.group(name, int(block[0]))
        alike = _similarity(ground, block, group, metric, seed)
        found.append(rank(alike, same_class(ground.labels[block], ground.labels[block]), itself_))
    return Ranked(
        {k: np.concatenate([one.precision[k] for one in found]) for k in found[0].precision},
        np.concatenate([one.average_precision for one in found]),
        np.concatenate([one.by_chance for one in found]),
        sum(one.without_relevant for one in found),
    )


def _similarity(
    ground: Development, block: NDArray[np.int64], group: Group, metric: str, seed: int
) -> NDArray[np.float32]:
    """(b, b): each part of the patients by a measure that was fitted on the others."""
    names, code = np.unique(ground.patients[block], return_inverse=True)
    part = np.random.default_rng(seed).permutation(len(names))[code] % PARTS
    features, labels = ground.features[block], ground.labels[block]
    found = np.empty((len(block), len(block)), np.float32)
    for here in range(PARTS):
        asked = part == here
        if not asked.any():
            continue
        fitted = fit_measure(features[~asked], labels[~asked], ground.members, dict.fromkeys(group), metric)
        vectors = fitted.vectors(features, group)
        found[asked] = vectors[asked] @ vectors.T
    return found


def fit_measure(
    features: NDArray[np.float32],
    labels: NDArray[np.int64],
    members: Members,
    used: Mapping[int, NDArray[np.int64] | None],
    metric: str,
) -> Measure:
    """A measure whose members were each fitted on rows of their own.

    Args:
        features: (n, M * C).
        labels: (n,) or (n, K).
        members: of the reader.
        used: member to the rows that it is fitted on (None: all); members that are not named stay zero.
        metric: one of `thirdeye.inference.similar.fit.METRICS`.
    """
    count = members.held_out.shape[1]
    blocks = features.reshape(len(features), count, -1)
    codes = labels if labels.ndim == 1 else np.unique(labels, axis=0, return_inverse=True)[1].reshape(-1)
    fitted = {
        m: fit_basis(
            blocks[:, m] if rows is None else blocks[rows, m], codes if rows is None else codes[rows], metric
        )
        for m, rows in used.items()
    }
    mean, basis = next(iter(fitted.values()))
    empty = (np.zeros_like(mean), np.zeros_like(basis))
    sides = [fitted.get(m, empty) for m in range(count)]
    return Measure(np.stack([one[0] for one in sides]), np.stack([one[1] for one in sides]))
