"""What validation cases tell of how far a finished reader can be trusted, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from thirdeye.inference.certainty import NAME as CERTAINTY
from thirdeye.inference.conformal import NAME as SETS
from thirdeye.inference.frequency import NAME as FREQUENCY
from thirdeye.inference.frequency import fit_frequencies
from thirdeye.inference.fusion.levels import NAME as LEVELS
from thirdeye.inference.fusion.model import NAME as FUSION
from thirdeye.inference.manifest import MANIFEST_FILE, Manifest
from thirdeye.inference.similar.kept import NAME as SIMILAR
from thirdeye.inference.stream import NAME as STREAM
from thirdeye.inference.stream import thinned
from thirdeye.journey.fusion.levels import decide_levels
from thirdeye.journey.fusion.step import fuse
from thirdeye.journey.trust.held_out import HeldOut
from thirdeye.journey.trust.similar import keep_similar
from thirdeye.journey.trust.uncertainty import certainty_step, sets_step
from thirdeye.journey.validated.groups import cluster_of

Step = Callable[[HeldOut], Any]


def _frequency(held: HeldOut) -> Any:
    known = held.dataset.group != "image"
    return fit_frequencies(
        held.probabilities, held.truth, held.plan.classes, patients=held.patients if known else None,
        cluster=cluster_of(held.dataset.group),
    )  # fmt: skip


def _stream(held: HeldOut) -> Any:
    """What later cases are compared with, one after another; see `thirdeye.inference.stream`."""
    given = np.asarray(held.probabilities, float)
    positive = held.plan.positive
    values = given.max(axis=1) if positive is None else given[:, held.plan.classes.index(positive)]
    return {"class": positive, "probabilities": thinned(values)}


STEPS: dict[str, Step] = {
    FREQUENCY: _frequency,
    SETS: sets_step,
    CERTAINTY: certainty_step,
    FUSION: fuse,
    LEVELS: decide_levels,
    SIMILAR: keep_similar,
    STREAM: _stream,
}


def judge(held: HeldOut) -> Manifest:
    """Run every step and write what each found into ``model.json``, under its name.

    A step gives something JSON-ready, or a falsy value where there is nothing to say; files that it writes
    into ``model/`` are named in what it gives, with their hash (`thirdeye.inference.hashed.verified`).
    """
    found = {name: step(held) for name, step in STEPS.items()}
    manifest = replace(held.manifest, trust={name: one for name, one in found.items() if one})
    held.study.write_json(MANIFEST_FILE, manifest.as_json())
    return manifest
