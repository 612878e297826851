"""Hidden strata of a study: sought on validation cases, judged on the test part, shown with pictures."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.case.study import Study
from thirdeye.evaluation.case_set import read_case_set
from thirdeye.evaluation.strata import strata_evidence
from thirdeye.evaluation.strata_side import Side
from thirdeye.inference.engine import Engine
from thirdeye.inference.views import see
from thirdeye.intake.workers import usable_cores
from thirdeye.journey.image_facts import image_facts
from thirdeye.journey.scoring import READING_BATCH, Scored
from thirdeye.journey.subgroups import grouping_columns
from thirdeye.plan.plan import Plan

FOLDER = "strata"
MOST_SOUGHT = 1500
FEATURES = (
    "Features are those of the exported network. Most of its members have learnt from most validation "
    "cases, so clusters may be drawn too sharply; whether a validation case is wrong was judged by members "
    "that did not learn from it."
)


def find_strata(
    study: Study, plan: Plan, sought: Scored, held_out: Scored, *, points: Sequence[Mapping[str, Any]],
    patients_known: bool,
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """The entry "strata" of a set, and the pictures that were written for it.

    Args:
        study: with the reader.
        plan: task, classes, positive class, seed.
        sought: validation cases, each with what members say that did not learn from it.
        held_out: the set.
        points: operating points, fixed before.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    sides = [
        _side(study, plan, _thinned(scored, plan.seed), points, patients_known)
        for scored in (sought, held_out)
    ]
    shutil.rmtree(study.path(FOLDER), ignore_errors=True)  # pictures of an earlier validation
    found = strata_evidence(sides[0], sides[1], seed=plan.seed)
    written: list[str] = []
    for group in found["groups"]:
        rows = group.pop("rows")
        group["examples"] = [
            _example(study, plan, held_out, row, f"{group['source']}_{at + 1}", written)
            for at, row in enumerate(rows)
        ]
    return found | {"features": FEATURES}, written


def _thinned(scored: Scored, seed: int) -> Scored:
    """At most `MOST_SOUGHT` validation cases; a set with features is judged whole."""
    if scored.features is not None or len(scored.rows) <= MOST_SOUGHT:
        return scored
    kept = np.sort(np.random.default_rng(seed).permutation(len(scored.rows))[:MOST_SOUGHT])
    return replace(scored, rows=scored.rows[kept], network=scored.network[kept], traditional=None)


def _side(
    study: Study, plan: Plan, scored: Scored, points: Sequence[Mapping[str, Any]], patients_known: bool
) -> Side:
    cases = read_case_set(
        labels=scored.labels, probabilities=scored.network, classes=list(plan.classes), task=plan.task,
        positive=plan.positive, clusters=scored.patients if patients_known else None, operating_points=points,
    )  # fmt: skip
    images = scored.material.images[scored.rows]
    columns = grouping_columns(scored.material.rows.iloc[scored.rows])
    features = scored.features if scored.features is not None else _features(study, images)
    return Side(cases, columns, image_facts(images), features)


def _features(study: Study, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Of the upright images, as the exported network gives them."""
    engine = Engine(study.path("model/model.onnx"), threads=usable_cores())
    blocks = [
        see(engine, np.asarray(images[at : at + READING_BATCH]), ("identity",)).features
        for at in range(0, len(images), READING_BATCH)
    ]
    return np.concatenate(blocks)


def _example(
    study: Study, plan: Plan, scored: Scored, row: int, name: str, written: list[str]
) -> dict[str, Any]:
    """A picture of one case with what is held to be true of it and what the network says."""
    from PIL import Image

    path = f"{FOLDER}/{name}.png"
    study.path(FOLDER).mkdir(exist_ok=True)
    Image.fromarray(np.asarray(scored.material.images[scored.rows[row]])).save(study.path(path))
    written.append(path)
    facts = scored.material.rows.iloc[scored.rows[row]]
    probabilities = scored.network[row]
    told = plan.classes.index(plan.positive) if plan.positive else int(probabilities.argmax())
    return {
        "image": path,
        "case": str(facts["case"]),
        "label": str(facts["label"]),
        "class": plan.classes[told],
        "probability": float(probabilities[told]),
    }
