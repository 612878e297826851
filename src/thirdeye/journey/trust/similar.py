"""The step that keeps development cases for finding similar ones: what to compare, with which limit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.inference.similar.gallery import NOTHING, TRAINING, Gallery, PastCase, gallery_of, write_gallery
from thirdeye.inference.similar.kept import write_measures
from thirdeye.inference.similar.measure import Measure
from thirdeye.inference.similar.patients import digest
from thirdeye.inference.similar.pictures import small_pictures
from thirdeye.journey.similar.choice import Choice, Development, choose, fit_measure
from thirdeye.journey.similar.duplicates import fix_picture_measure
from thirdeye.journey.similar.listing import with_lists
from thirdeye.journey.similar.relevance import SIDE
from thirdeye.journey.similar.through import Members
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.training.splits import distinct_splits

FEWEST = 8  # development cases
MOST = 1000  # rows of a block that pairs are made of


def keep_similar(held: HeldOut) -> dict[str, Any]:
    """Choose features and measure, write the gallery, fix the limit of duplicates; {} for a few cases."""
    if len(held.material.rows) < FEWEST:
        return {}
    members = Members.of(held.manifest, held.held_out)
    ground = Development(
        held.seen.features, held.material.labels, held.material.rows,
        small_pictures(held.material.images, SIDE), members,
    )  # fmt: skip
    blocks = _blocks(held)
    choice = choose(ground, blocks, seed=held.plan.seed)
    measure = measure_of(held.seen.features, held.material.labels, members, choice)
    of_pictures, limit = fix_picture_measure(held.material.images, ground.itself, seed=held.plan.seed)
    gallery = development_gallery(held, measure, of_pictures, members, choice)
    _forget(held)
    kept = {
        "features": choice.features,
        "metric": choice.metric,
        "reason": choice.reason,
        "candidates": list(choice.candidates),
        "unlearnt": _unlearnt(members, choice.features),
        "archived_through": list(members.group(choice.features, None)),
        "measure": write_measures(held.study, measure, of_pictures),
        "duplicates": limit,
        "galleries": [write_gallery(held.study, gallery)],
    }
    return with_lists(held.study, kept)


def measure_of(
    features: NDArray[np.float32], labels: NDArray[np.int64], members: Members, choice: Choice
) -> Measure:
    """The chosen measure; each tuned member fitted on what it did not learn from, the frozen one on all."""
    rows = {m: np.flatnonzero(members.held_out[:, m]) for m in members.group(choice.features, None)}
    used = {m: None if m in members.frozen or len(one) < FEWEST else one for m, one in rows.items()}
    return fit_measure(features, labels, members, used, choice.metric)


def development_gallery(
    held: HeldOut, measure: Measure, of_pictures: Measure, members: Members, choice: Choice
) -> Gallery:
    """Every development case, seen through members that have not learnt from it."""
    cases, features = past_cases(held), held.seen.features
    pictures = of_pictures.vectors(small_pictures(held.material.images), (0,))
    parts = [
        (group, measure.vectors(features[rows], group), pictures[rows], [cases[row] for row in rows])
        for group, rows in members.groups(choice.features, range(len(cases))).items()
    ]
    return gallery_of(TRAINING, parts, place=None)


def past_cases(held: HeldOut) -> list[PastCase]:
    """What the development rows are."""
    known = held.dataset.group != "image"
    rows = held.material.rows
    labels = [NOTHING if name == "" else name for name in labels_in_order(held)]
    return [
        PastCase(str(case), str(image), label, digest(str(patient)) if known else "")
        for case, image, label, patient in zip(
            rows["case"], rows["image"], labels, rows["patient"], strict=True
        )
    ]


def labels_in_order(held: HeldOut) -> list[str]:
    """Labels as opinions name them: of several, those that are there, in the order of the classes."""
    classes, labels = held.plan.classes, held.material.labels
    if labels.ndim == 1:
        return [classes[label] for label in labels]
    return ["|".join(name for name, has in zip(classes, row, strict=True) if has) for row in labels]


def _unlearnt(members: Members, features: str) -> float:
    """Share of cases that are seen only through members that have not learnt from them."""
    rows = range(len(members.held_out))
    fine = [
        all(m in members.frozen or members.held_out[row, m] for m in members.group(features, row))
        for row in rows
    ]
    return float(np.mean(fine))


def _blocks(held: HeldOut) -> list[NDArray[np.int64]]:
    """Rows that were held out together, of a large study some of them."""
    rng = np.random.default_rng(held.plan.seed)
    return [np.sort(rng.permutation(rows)[:MOST]) for _, rows in distinct_splits(held.splits)]


def _forget(held: HeldOut) -> None:
    """Archives of an earlier training were seen by other networks."""
    for old in held.study.path("model").glob("similar*"):
        old.unlink()
