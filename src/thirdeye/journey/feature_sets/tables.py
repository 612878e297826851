"""The features themselves: for every single set a table of the development and of the test cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.inference.assemble import pass_over
from thirdeye.inference.engine import Engine
from thirdeye.inference.fusion.variables import encode_all
from thirdeye.inference.manifest import Manifest
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.baseline import features_of
from thirdeye.journey.feature_sets.names import NETWORK, VARIABLES, architecture_of
from thirdeye.journey.fusion.variables import variables_of
from thirdeye.journey.material import Material, Rows
from thirdeye.plan.plan import Plan
from thirdeye.training.event import Event, Listener
from thirdeye.transform.handcrafted.describe import feature_names
from thirdeye.transform.handcrafted.divergence import gradient_divergence
from thirdeye.transform.handcrafted.picture import picture_of

PRETRAINED = "efficientnet_lite0"
FIRST_INDEX = 1000  # of networks that are learnt for a feature set: no member of the reader has it
FOLDER = "runs/feature_networks"

Table = NDArray[np.float64]
Tables = tuple[Table, Table]


@dataclass(frozen=True)
class Ground:
    """What features are made of.

    Args:
        place: the study.
        development, test: its cases.
        splits: distinct ones: rows to learn from, rows held out.
        plan, manifest: of the study.
        folds: of the reader's members, as positions among `splits`; -1 for frozen features.
        deadline: `time.monotonic()` after which no further epoch of a network starts.
        tell: hears how it goes.
    """

    place: Study
    development: Material
    test: Material
    splits: Sequence[tuple[Rows, Rows]]
    plan: Plan
    manifest: Manifest
    folds: tuple[int, ...]
    deadline: float
    tell: Listener


def single_tables(part: str, ground: Ground) -> list[Tables]:
    """(n, F) of the development and (m, F) of the test cases, for every split.

    No network that gives features of a split's held-out cases has learnt from them.

    Args:
        part: name of a single set.
        ground: see `Ground`.
    """
    if part == NETWORK:
        return _of_reader(ground)
    architecture = architecture_of(part)
    if architecture is not None:
        return _of_network(architecture, ground)
    if part == VARIABLES:
        found = _of_variables(ground)
    else:
        describe = DESCRIBED[part]
        found = describe(ground.development.images), describe(ground.test.images)
    return [found] * len(ground.splits)


def _of_variables(ground: Ground) -> Tables:
    variables = variables_of(ground.development.rows, ground.plan.variables)

    def encoded(material: Material) -> Table:
        values = {one.name: [str(value) for value in material.rows[one.name]] for one in variables}
        return np.asarray(encode_all(variables, values, len(material.rows)), float)

    return encoded(ground.development), encoded(ground.test)


def _of_reader(ground: Ground) -> list[Tables]:
    """Features of those members that have not learnt from a split's held-out cases."""
    engine = Engine(ground.place.path(f"model/{ground.manifest.onnx['file']}"), threads=usable_cores())
    whole = [
        np.asarray(pass_over(engine, material.images, np.arange(len(material.images))).features, float)
        for material in (ground.development, ground.test)
    ]
    if len(ground.splits) == 1:  # no member has learnt from what is held out
        return [(whole[0], whole[1])]
    each = whole[0].shape[1] // len(ground.folds)
    found = []
    for split in range(len(ground.splits)):
        fit = [member for member, fold in enumerate(ground.folds) if fold in (-1, split)]
        columns = np.concatenate([np.arange(member * each, (member + 1) * each) for member in fit])
        found.append((whole[0][:, columns], whole[1][:, columns]))
    return found


def _of_network(architecture: str, ground: Ground) -> list[Tables]:
    """Features of a network that learns as the plan has it, for this comparison alone."""
    from thirdeye.journey.training import training_key
    from thirdeye.training.frozen import pooled_features
    from thirdeye.training.members import fit_or_load

    plan = replace(ground.plan, architecture=architecture, weights="none", head="softmax")
    folder = ground.place.path(FOLDER) / architecture.replace(":", "_")
    found = []
    for number, split in enumerate(ground.splits):
        ground.tell(Event("note", f"a network for comparison learns: {architecture}, split {number + 1}"))
        member = fit_or_load(
            FIRST_INDEX + number, ground.development.images, ground.development.labels, split, plan,
            identity=f"{training_key(ground.place)}/{architecture}", folder=folder, views=("identity",),
            deadline=ground.deadline, on_epoch=lambda record: None,
        )  # fmt: skip
        if member.stopped == "deadline":
            ground.tell(Event("note", f"{architecture} learnt {len(member.history)} passes: time was over"))
        found.append(
            (
                np.asarray(pooled_features(member.network, ground.development.images), float),
                np.asarray(pooled_features(member.network, ground.test.images), float),
            )
        )
    return found


def _pretrained(images: NDArray[np.uint8]) -> Table:
    """Features of the embedded network, which saw natural images alone."""
    from thirdeye.model.build import build_network
    from thirdeye.training.frozen import pooled_features

    network, _ = build_network(PRETRAINED, n_outputs=2, weights="embedded")
    return np.asarray(pooled_features(network, images), float)


def _oriented(images: NDArray[np.uint8]) -> Table:
    held = [place for place, name in enumerate(feature_names()) if name.startswith("hog")]
    return np.asarray(features_of(images)[:, held], float)


def _divergence(images: NDArray[np.uint8]) -> Table:
    return np.stack([gradient_divergence(picture_of(np.asarray(image)).grey) for image in images])


def _handcrafted(images: NDArray[np.uint8]) -> Table:
    return np.asarray(features_of(images), float)


DESCRIBED: dict[str, Callable[[NDArray[np.uint8]], Table]] = {
    "handcrafted": _handcrafted,
    "hog": _oriented,
    "divergence": _divergence,
    "pretrained": _pretrained,
}
