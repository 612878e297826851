"""Diagnosis and referral from scans of the macula, in two stages: how the system learns and answers.

A first network says which tissue lies where; a second one reads the map of tissues, never a grey value, and
says how urgent the patient is and what is found. Every pair of a first and a second network has a vote. The
referral is the one with the least expected penalty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.penalty import penalty_matrix
from thirdeye.intake.words import counted
from thirdeye.plan.file import check_against, schema_of
from thirdeye.recipes.learning.oct_device import refuse_unfit_device, refuse_unknown_device, told_of_device
from thirdeye.recipes.learning.oct_scans import open_scans, scans_to_read
from thirdeye.recipes.learning.oct_stages import Stages, is_new, learn_stages, stages_of
from thirdeye.recipes.learning.oct_told import told_of_decisions, told_of_findings, told_of_tissues
from thirdeye.recipes.system import ANSWER, Cases, Further, Known, Learning, Logits, Member, Source, Values
from thirdeye.training.machine import use_threads

LEAST = 1e-6  # probability, so that its logarithm is a number
COUNTS = (
    "folds",
    "segmenters",
    "classifiers",
    "rounds",
    "epochs",
    "batch_size",
    "growth",
    "width",
    "scans_a_step",
    "new_rounds",
)


@dataclass(frozen=True)
class Referring:
    """One member: the networks of both stages."""

    stages: Stages

    def say(self, cases: Cases) -> Mapping[str, Logits]:
        """Logarithms of the mean vote for each grade."""
        new = is_new(cases, self.stages.values)
        return {ANSWER: np.log(np.maximum(self.stages.votes(cases.arrays["scans"], new)[0], LEAST))}

    def keep(self) -> Mapping[str, NDArray[Any]]:
        """The networks' files."""
        return self.stages.keep()


@dataclass(frozen=True)
class TwoStageReferral:
    """The system."""

    unit: str = "scan"
    options: tuple[str, ...] = ()

    @property
    def sources(self) -> Mapping[str, Source]:
        """No part answers by itself: the first stage alone says nothing of a referral."""
        return {}

    def check(self, values: Values) -> None:
        """Refuse penalties that do not fit the grades, unknown losses, and counts below 1."""
        penalty_matrix(values["penalties"], len(values["grades"]))
        for name in COUNTS:
            least = 2 if name in ("folds", "batch_size") else 1
            if values[name] < least:
                raise UsageError(f"{name} is at least {least}, got {values[name]}")
        check_against(schema_of("segmentation"), "loss", values["tissue_loss"])
        for name in ("patch", "scan_sides", "map_sides"):
            if len(values[name]) != 3 or min(values[name]) < 1:
                raise UsageError(f"{name} is slices,rows,columns, such as 9,448,512; got {values[name]}")

    def open(self, data: Path, values: Values, options: Values) -> Cases:
        """A folder of scans; see `open_scans`."""
        cases = open_scans(data, grades=values["grades"], sides=values["scan_sides"])
        refuse_unfit_device(cases, values)
        return cases

    def to_read(self, data: Path, values: Values, options: Values, known: Known) -> Cases:
        """A folder of scans without referrals; see `scans_to_read`."""
        cases = scans_to_read(data, sides=values["scan_sides"], known=known)
        refuse_unknown_device(cases, values)
        return cases

    def learn(self, cases: Cases, learning: Learning) -> Member:
        """Both stages; see `learn_stages`."""
        use_threads(learning.threads)
        return Referring(learn_stages(cases, learning))

    def restored(self, arrays: Mapping[str, NDArray[Any]], values: Values) -> Member:
        """As `Referring.keep` wrote it."""
        return Referring(stages_of(arrays, values))

    def told(self, members: tuple[Member, ...], test: Cases, values: Values) -> Further:
        """Referral by least penalty, findings, tissues, and the printed tables under the same penalties."""
        stages = [one.stages for one in members if isinstance(one, Referring)]
        new = is_new(test, values)
        votes = [one.votes(test.arrays["scans"], new) for one in stages]
        grades, findings = (np.mean([vote[part] for vote in votes], axis=0) for part in (0, 1))
        pairs = len(stages) * len(stages[0].segmenters) * len(stages[0].deciders)
        lead = (
            f"{counted(pairs, 'pair')} of a first and a second network voted on each scan. The second "
            f"network saw maps of {stages[0].n_tissues} tissues and never a grey value.",
        )
        decided = told_of_decisions(grades, test, values)
        tissues, device = told_of_tissues(stages, test), told_of_device(stages, grades, test, values)
        return Further(
            lead=(*lead, *device.lead),
            tables=(*decided.tables, *device.tables, *told_of_findings(findings, test), *tissues.tables),
            pictures=tissues.pictures,
            numbers={**decided.numbers, **device.numbers},
        )
