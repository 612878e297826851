"""Ways to decide a case by its images, each tried on held-out cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.fusion.heads import AttentionHead, composed
from thirdeye.inference.fusion.model import mean_features
from thirdeye.inference.fusion.pooling import pool
from thirdeye.journey.fusion.cases import Cases
from thirdeye.journey.fusion.weights import FEWEST, fit_weights, pooled_by_weights
from thirdeye.training.fusion.attention import fit_attention
from thirdeye.training.fusion.folds import case_folds, cross_fitted
from thirdeye.training.selection import Truth, log_loss, scaled_to_likelihood

Rows = NDArray[np.int64]
Table = NDArray[np.float64]
GAIN = 0.5  # standard errors by which a way has to be better than the simpler one


@dataclass(frozen=True)
class Candidate:
    """One way to decide a case.

    Args:
        method: its name.
        logits: (C, K) of the held-out cases, each by parts that have not learnt from its patient.
        weights: view to weight; for "weights".
        views: in order; for "early".
        heads: for "attention" and "early".
    """

    method: str
    logits: Table
    weights: Mapping[str, float] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    heads: tuple[AttentionHead, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What the ways are tried on.

    Args:
        cases: of all development images.
        held: positions among the cases of those that were held out, ascending.
        probabilities: (N, K) calibrated of development images; NaN where an image was not held out.
        truth: of all cases.
        splits: per fold: images to learn from, images held out.
        seed: of everything random.
        columns_of: rows held out to the features of members that have not learnt from them.
        features: gives (N, F) of all images.
        views: names that every case shows; () where cases differ.
        early: gives (C, F) features of the views as channels.
    """

    cases: Cases
    held: Rows
    probabilities: Table
    truth: Truth
    splits: Sequence[tuple[Rows, Rows]]
    seed: int
    columns_of: Callable[[Rows], NDArray[np.int64]]
    features: Callable[[], NDArray[np.float32]]
    views: tuple[str, ...]
    early: Callable[[], NDArray[np.float32]]

    @property
    def positive(self) -> int | None:
        """Column of the positive class."""
        return self.truth.positive

    @property
    def multilabel(self) -> bool:
        """Whether columns are labels of their own."""
        return self.truth.task == "multilabel"

    @property
    def case_features(self) -> Table:
        """(C, F) of all members, the mean over the images of each case."""
        return mean_features(self.features(), self.cases.of_image)

    def images_of(self, cases: Rows) -> tuple[Rows, Rows]:
        """Rows of the images of some cases (ascending), and the place of each one's case among them."""
        rows = np.flatnonzero(np.isin(self.cases.of_image, cases))
        return rows, np.searchsorted(cases, self.cases.of_image[rows])


def candidates(names: Sequence[str], ground: Ground) -> Iterator[Candidate]:
    """Each way that the plan names and the cases allow, in the plan's order."""
    for name in names:
        found = _MAKERS[name](ground)
        if found is not None:
            yield found


def chosen(found: Sequence[Candidate], truth: Truth) -> Candidate:
    """The first one, unless a later one is better by more than half a standard error of the gain in log loss.

    Args:
        found: the simplest first.
        truth: of the held-out cases.
    """
    best = found[0]
    for one in found[1:]:
        if clearly_better(one.logits, best.logits, truth):
            best = one
    return best


def clearly_better(new: Table, old: Table, truth: Truth) -> bool:
    """Whether the log loss of `new` is lower by more than half its standard error; patients are the units."""
    gain = case_losses(old, truth) - case_losses(new, truth)
    number = np.unique(truth.clusters, return_inverse=True)[1]
    summed = np.bincount(number, weights=gain)
    error = summed.std(ddof=1) * np.sqrt(len(summed)) if len(summed) > 1 else np.inf
    return bool(summed.sum() > GAIN * error + 1e-9 * len(summed))


def case_losses(logits: Table, truth: Truth) -> NDArray[np.float64]:
    """(n,) log loss of each case, after the one temperature that fits all of them best."""
    scaled = logits * scaled_to_likelihood(np.asarray(logits, np.float32), truth)
    return np.array([log_loss(scaled[[row]], truth.at(np.array([row]))) for row in range(len(logits))])


def _pooled(method: str) -> Callable[[Ground], Candidate]:
    def make(ground: Ground) -> Candidate:
        rows, of_image = ground.images_of(ground.held)
        found = pool(
            method,
            ground.probabilities[rows],
            of_image,
            positive=ground.positive,
            multilabel=ground.multilabel,
        )
        return Candidate(method, found)

    return make


def _weighted(ground: Ground) -> Candidate | None:
    rows, of_image = ground.images_of(ground.held)
    views, truth = ground.cases.views[rows], ground.truth.at(ground.held)
    counts = np.unique(views, return_counts=True)
    if len(counts[0]) < 2 or "" in counts[0] or counts[1].min() < FEWEST:
        return None

    def fit(cases: Rows) -> Callable[[Rows], Table]:
        weights = _weights(cases)

        def ask(asked: Rows) -> Table:
            here = np.isin(of_image, asked)
            return pooled_by_weights(
                ground.probabilities[rows][here], np.searchsorted(asked, of_image[here]),
                views[here].tolist(), weights, multilabel=ground.multilabel,
            )  # fmt: skip

        return ask

    def _weights(cases: Rows) -> dict[str, float]:
        here = np.isin(of_image, cases)
        return fit_weights(
            ground.probabilities[rows][here],
            np.searchsorted(cases, of_image[here]),
            views[here],
            truth.at(cases),
        )

    folds = case_folds(truth.labels, truth.clusters, seed=ground.seed)
    logits = cross_fitted(fit, folds, (len(ground.held), len(truth.classes)))
    return Candidate("weights", logits, weights=_weights(np.arange(len(ground.held))))


def _attentive(ground: Ground) -> Candidate | None:
    return _by_heads("attention", ground, ground.features(), ground.images_of)


def _early(ground: Ground) -> Candidate | None:
    if not 2 <= len(ground.views) <= 3:
        return None

    def own(cases: Rows) -> tuple[Rows, Rows]:
        return cases, np.arange(len(cases))

    return _by_heads("early", ground, ground.early(), own)


def _by_heads(
    method: str, ground: Ground, features: NDArray[np.float32], bags: Callable[[Rows], tuple[Rows, Rows]]
) -> Candidate | None:
    """One head a split, on the features of members that have not learnt from its held-out cases."""
    logits = np.full((ground.cases.n, len(ground.truth.classes)), np.nan)
    heads = []
    for train, holdout in ground.splits:
        learnt, asked = (np.unique(ground.cases.of_image[rows]) for rows in (train, holdout))
        columns = ground.columns_of(holdout)
        if not len(columns):
            continue
        rows, of_image = bags(learnt)
        parts = fit_attention(
            features[rows], of_image, ground.truth.labels[learnt], n_outputs=len(ground.truth.classes),
            task=ground.truth.task, seed=ground.seed, columns=columns,
        )  # fmt: skip
        head = AttentionHead(columns=columns, **parts)
        rows, of_image = bags(asked)
        logits[asked] = head.logits(features[rows], of_image)
        heads.append(head)
    held = logits[ground.held]
    if not heads or not np.isfinite(held).all():
        return None
    return Candidate(method, held, views=ground.views if method == "early" else (), heads=tuple(heads))


def compose_cases(
    images: NDArray[Any], cases: Cases, views: Sequence[str]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The views of each case as channels of one picture (C, S, S, 3), and whether it has all of them (C,)."""
    whole = np.zeros(cases.n, dtype=bool)
    pictures = np.zeros((cases.n, *images.shape[1:]), np.uint8)
    for case in range(cases.n):
        rows = np.flatnonzero(cases.of_image == case)
        place = dict(zip(cases.views[rows], rows, strict=True))
        if views and all(view in place for view in views):
            whole[case] = True
            pictures[case] = composed(np.stack([np.asarray(images[place[view]]) for view in views]))
    return pictures, whole


_MAKERS: dict[str, Callable[[Ground], Candidate | None]] = {
    "mean": _pooled("mean"),
    "noisy_or": _pooled("noisy_or"),
    "weights": _weighted,
    "attention": _attentive,
    "early": _early,
}
METHODS = tuple(_MAKERS)
