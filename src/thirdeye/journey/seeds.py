"""From repeated fits to what chance in training does: heads, members, whole trainings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.distributions import two_sided_z
from thirdeye.evaluation.headline import of_whole_set
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.seed_variation import (
    FEWEST,
    between_seed_sd,
    excess_sd,
    seed_interval,
    seed_verdict,
)
from thirdeye.plan.plan import Plan

Json = Mapping[str, Any]

SOURCES = {
    "trainings": "whole trainings with other seeds and folds, on the test part",
    "heads": "linear heads on frozen features with other folds, on the same development cases",
    "members": "fine-tuned members, on the same validation cases",
    "members_excess": "fine-tuned members on cases of their own, without what those cases explain",
}


REPEATED = {
    "trainings": "whole trainings",
    "heads": "repetitions of the linear head",
    "members": "fine-tuned members",
    "members_excess": "fine-tuned members",
}


@dataclass(frozen=True)
class Repeated:
    """What there is to compare.

    Args:
        plan: of the study.
        evidence: content of evaluation.json.
        stages: content of runs/stages.json.
        heads: figures of heads, one for each deal of the folds.
        trainings: seed to the evidence of a whole training, the study's own included.
    """

    plan: Plan
    evidence: Json
    stages: Json
    heads: Sequence[float]
    trainings: Mapping[int, Json]

    @property
    def name(self) -> str:
        """The figure that is compared."""
        return "auc" if self.plan.positive is not None else "auc_macro"


def seeds_block(repeated: Repeated) -> dict[str, Any]:
    """The block "seeds" of evaluation.json: spreads by source, the one that counts, and the interval."""
    figures = {seed: _figure(evidence, repeated.name) for seed, evidence in repeated.trainings.items()}
    several = len(figures) > 1
    spreads = _spreads(repeated, [m.value for m in figures.values() if m and m.value is not None])
    trainings = [
        {"seed": seed, "metric": metric.as_json()} for seed, metric in figures.items() if metric and several
    ]
    block: dict[str, Any] = {
        "trainings": trainings,
        "spreads": [{"source": source, "metric": m.as_json()} for source, m in spreads.items()],
    }
    return block | _interval(repeated, figures, spreads)


def _interval(
    repeated: Repeated, figures: Mapping[int, Metric | None], spreads: Mapping[str, Metric]
) -> dict[str, Any]:
    given = [metric for metric in figures.values() if metric is not None and metric.value is not None]
    errors = [error for metric in given if (error := _standard_error(metric)) is not None]
    usable = {source: metric for source, metric in spreads.items() if metric.value is not None}
    if not given or not errors or not usable:
        verdict = "What chance in training does could not be measured: there are too few repetitions."
        return {"verdict": verdict, "source": None, "interval": None}
    source = "trainings" if "trainings" in usable else max(usable, key=lambda s: usable[s].value or 0.0)
    spread = usable[source]
    interval = seed_interval(
        [float(metric.value or 0.0) for metric in given], float(np.mean(errors)), float(spread.value or 0.0),
        n_seeds=spread.n, n=given[0].n, name=repeated.name,
    )  # fmt: skip
    return {
        "verdict": seed_verdict(interval, spread, of=REPEATED[source]),
        "source": source,
        "measured_with": SOURCES[source],
        "interval": interval.as_json(),
    }


def _spreads(repeated: Repeated, trainings: Sequence[float]) -> dict[str, Metric]:
    """Standard deviations by source; only those that can be had."""
    found: dict[str, Metric] = {}
    if len(trainings) >= FEWEST:
        found["trainings"] = between_seed_sd(trainings, name=repeated.name)
    if len(repeated.heads) >= FEWEST:
        found["heads"] = between_seed_sd(repeated.heads, name=repeated.name)
    members = _members(repeated)
    if len(members) >= FEWEST:
        values = [float(metric.value or 0.0) for metric in members]
        if repeated.plan.validation == "official":
            found["members"] = between_seed_sd(values, name=repeated.name)
        else:
            found["members_excess"] = _excess(members, values, repeated.name)
    return found


def _excess(members: Sequence[Metric], values: Sequence[float], name: str) -> Metric:
    errors = [_standard_error(metric) or 0.0 for metric in members]
    raw = between_seed_sd(values, name=name)
    convention = "standard deviation over members, each on cases of its own, less what those cases explain"
    return raw.with_(
        value=excess_sd(values, errors), ci_low=None, ci_high=None, ci_method=None, status="unstable",
        reason=f"{len(values)} members on different cases", convention=convention,
    )  # fmt: skip


def _members(repeated: Repeated) -> list[Metric]:
    """Figures of the members; of several architectures those of the first, which alone differ by chance."""
    stages = {stage["name"]: stage for stage in repeated.stages.get("stages", [])}
    members = stages.get("fine_tuning", {}).get("members", [])
    alike = [one for one in members if one.get("architecture") == members[0].get("architecture")]
    found = [Metric.from_json(member["metric"]) for member in alike]
    return [metric for metric in found if metric.value is not None]


def _figure(evidence: Json, name: str) -> Metric | None:
    found = of_whole_set(evidence["sets"]["test"]["metrics"], name)
    return None if found is None else Metric.from_json(found)


def _standard_error(metric: Metric) -> float | None:
    """From its details, else from the width of its interval."""
    known = metric.details.get("standard_error")
    if isinstance(known, int | float):
        return float(known)
    if metric.ci_low is None or metric.ci_high is None:
        return None
    return (metric.ci_high - metric.ci_low) / 2 / two_sided_z(metric.level)
