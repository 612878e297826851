"""The sitting of a study: which networks and which development images the exam of heat maps is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.explanation.exam.paper import examine_method
from thirdeye.explanation.exam.sitting import MOST, Sitting
from thirdeye.explanation.exam.verdicts import not_examined, summed_up
from thirdeye.explanation.method import scores
from thirdeye.explanation.methods import METHODS
from thirdeye.explanation.networks import networks_of_study
from thirdeye.explanation.subject import as_images, of_network
from thirdeye.inference.manifest import MANIFEST_FILE
from thirdeye.journey.learnt import write_learnt
from thirdeye.journey.material import gather
from thirdeye.plan.plan import Plan
from thirdeye.training.frozen import pooled_features

HEAD_CASES = 256
FROZEN = -1  # the "fold" of a member whose last layer alone was trained
Regions = Callable[[Sequence[str]], NDArray[np.bool_]]
TOO_DEAR = (
    "its exam takes longer than a run should; ask for it with: thirdeye explain {study} --method {name}"
)


def take_exam(
    study: Study,
    dataset: Dataset,
    plan: Plan,
    *,
    asked: Sequence[str] = (),
    regions: Regions | None = None,
) -> dict[str, Any]:
    """The exam of every method on development images, so that the test part is left alone.

    Args:
        study: trained.
        dataset, plan: of the study.
        asked: methods to examine whatever it costs; others only where they fit into a run.
        regions: image references to what was marked in each, (n, side, side); None where nothing was.

    Returns:
        The content of ``explanation/sanity.json``.
    """
    sitting = _sitting(study, dataset, plan, regions)
    _write_learnt(study, plan, sitting)
    methods: dict[str, Any] = {}
    for name, method in METHODS:
        if name in asked or sitting.affordable(name, method):
            methods[name] = examine_method(name, method, sitting, asked=name in asked)
        else:
            methods[name] = not_examined(method, TOO_DEAR.format(study=study.folder.name, name=name))
    return summed_up(methods, patients=sitting.patients)


def _write_learnt(study: Study, plan: Plan, sitting: Sitting) -> None:
    """Of the image whose score is highest among those of the exam."""
    found = scores(of_network(sitting.network).logits(sitting.images), sitting.directions)[:, 0]
    best = int(found.argmax())
    image, question = sitting.images[best], sitting.directions[best, 0]
    write_learnt(study, sitting.network, image, question, shown=plan.classes[int(sitting.shown[best])])


def _other(members: Sequence[Mapping[str, Any]]) -> int | None:
    """Another member than the first, of the same architecture and of another fold where there is one."""
    alike = [
        k for k, one in enumerate(members) if k and one.get("architecture") == members[0].get("architecture")
    ]
    away = [k for k in alike if members[k].get("fold") != members[0].get("fold")]
    return next(iter(away + alike), None)


def _sitting(study: Study, dataset: Dataset, plan: Plan, regions: Regions | None) -> Sitting:
    members = study.read_json(MANIFEST_FILE)["members"]
    other = _other(members)
    networks = networks_of_study(study, only=[0] if other is None else [0, other])
    material = gather(study, dataset, plan, "train", "validation")
    random = np.random.default_rng(plan.seed)
    marked = None if regions is None else regions(material.rows["image"].tolist())
    rows = exam_rows(material.patients, random.permutation(len(material.images)), marked)
    learnt = np.sort(random.permutation(len(material.images))[:HEAD_CASES])
    prepared = np.asarray(material.images[rows])
    return Sitting(
        network=networks[0],
        other=networks[1] if len(networks) > 1 else None,
        prepared=prepared,
        patients=material.patients[rows],
        shown=_shown(networks[0], prepared, plan),
        features=pooled_features(networks[0], np.asarray(material.images[learnt])),
        labels=material.labels[learnt],
        task=plan.task,
        seed=plan.seed,
        regions=None if marked is None else marked[rows],
        tuned=members[0].get("fold") != FROZEN,
        budget_s=plan.budget_s,
    )


def exam_rows(
    patients: NDArray[np.str_], order: NDArray[np.int64], marked: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """Up to `MOST` rows, in `order`: patients that are not there yet first; every second one marked.

    Args:
        patients: (n,).
        order: (n,) random.
        marked: (n, side, side) regions; None where nothing is marked.
    """
    _, first = np.unique(patients[order], return_index=True)
    new = np.zeros(len(order), bool)
    new[first] = True
    ranked = np.concatenate([order[new], order[~new]])
    if marked is None:
        return ranked[:MOST]
    has = marked[ranked].any(axis=(1, 2))
    place = np.where(has, 2 * np.cumsum(has), 2 * np.cumsum(~has) + 1)
    return ranked[np.argsort(place, kind="stable")][:MOST]


def _shown(network: Any, prepared: NDArray[np.uint8], plan: Plan) -> NDArray[np.int64]:
    if plan.positive is not None:
        return np.full(len(prepared), plan.classes.index(plan.positive))
    return of_network(network).logits(as_images(prepared)).argmax(axis=1)
