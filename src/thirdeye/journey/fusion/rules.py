"""Prediction sets and deferral of whole cases, fixed on held-out cases as those of single images are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from thirdeye.inference import certainty, conformal
from thirdeye.inference.fusion.model import Decision
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.fusion.cases import cases_of, of_whole_cases
from thirdeye.journey.scoring import Scored
from thirdeye.journey.trust.uncertainty import FEWEST, certainty_rules, count_of, fixed_sets, losses_of
from thirdeye.journey.uncertainty import UNCERTAINTY, join_uncertainty
from thirdeye.plan.plan import Plan
from thirdeye.training.selection import Truth

AS_PROMISED = ("mean", "noisy_or")  # ways that fit nothing to the held-out cases but their calibration


def with_rules(
    decision: Decision,
    probabilities: NDArray[Any],
    truth: Truth,
    *,
    manifest: Manifest,
    rows: pd.DataFrame,
    clustered: bool,
    guarantee: str,
    seed: int,
) -> Decision:
    """The decision with rules of prediction sets and of deferral; as it is with fewer than 20 patients.

    Args:
        decision: how cases are decided.
        probabilities: (C, K) calibrated, of held-out cases.
        truth: of the same cases.
        manifest: of the reader of single images.
        rows: (C,) of the dataset, the first image of each case.
        clustered: whether it is known which cases are of one patient.
        guarantee: "split" where no member, and nothing but the calibration, learnt from these cases; else
            "cross_fitted".
        seed: of the paired comparison of measures of certainty.
    """
    clusters = truth.clusters if clustered else None
    if count_of(len(rows), clusters) < FEWEST:
        return decision
    sets = fixed_sets(
        truth.labels, probabilities, task=truth.task, classes=truth.classes, clusters=clusters, rows=rows,
        guarantee=guarantee,
    )  # fmt: skip
    own = decision.manifest(manifest)
    found = certainty.certainties(certainty.Told(probabilities), own)
    losses = losses_of(truth.labels, probabilities, own)
    told = certainty_rules(found, losses, clusters=clusters, seed=seed)
    return replace(decision, rules={conformal.NAME: sets, certainty.NAME: told})


def guarantee_of(method: str, *, held_out: bool) -> str:
    """What covers the sets of cases that are decided in some way; see `with_rules`.

    Args:
        method: of the images.
        held_out: whether no member learnt from any held-out case.
    """
    return "split" if held_out and method in AS_PROMISED else "cross_fitted"


def measured_rules(
    whole: Scored, unit: str, decision: Decision, plan: Plan, manifest: Manifest, *, patients_known: bool
) -> dict[str, Any]:
    """What the rules of a decision are worth on cases that had no part in them; {} where it has none.

    Args:
        whole: each case at the row of its first image, with the probabilities of the case.
        unit: what a case is, as in `Cases`.
        decision: with its rules.
        plan: task, classes, seed.
        manifest: of the reader of single images.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    found: dict[str, Any] = {}
    rows = of_whole_cases(whole.material.rows, cases_of(whole.material.rows, unit))
    whole = replace(whole, material=replace(whole.material, rows=rows))
    join_uncertainty(found, whole, plan, decision.manifest(manifest), patients_known=patients_known)
    return found.get(UNCERTAINTY, {})
