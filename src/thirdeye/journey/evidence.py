"""From what the sources say of the cases of one set to its entry in evaluation.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from thirdeye.evaluation.compare import compare_models
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.journey.baseline import Baseline
from thirdeye.journey.rivalry import supplementary_comparisons
from thirdeye.journey.scoring import Scored
from thirdeye.journey.subgroups import join_subgroups


class Asking(Protocol):
    """The part of a plan that says what is decided."""

    @property
    def task(self) -> str:
        """ "binary", "multiclass", "ordinal" or "multilabel"."""

    @property
    def classes(self) -> tuple[str, ...]:
        """In output order."""

    @property
    def positive(self) -> str | None:
        """The diseased class (binary), else None."""

    @property
    def seed(self) -> int:
        """Of everything random."""


class Pointed(Protocol):
    """The part of a manifest that says where calls are made."""

    @property
    def operating_points(self) -> tuple[Mapping[str, Any], ...]:
        """As `choose_operating_points` returns them."""


@dataclass(frozen=True)
class Points:
    """Operating points without a manifest."""

    operating_points: tuple[Mapping[str, Any], ...]


def set_evidence(
    scored: Scored,
    plan: Asking,
    manifest: Pointed,
    baseline: Baseline | None,
    *,
    patients_known: bool,
    excluded: Mapping[str, int],
    subgroups: Sequence[str] | None = None,
    prevalences: Sequence[float] = (),
    further_points: Sequence[Mapping[str, Any]] = (),
    unit: str = "image",
) -> dict[str, Any]:
    """One entry of "sets": the network's measures, and its comparison with the traditional technique.

    Args:
        scored: the cases.
        plan: task, classes, positive class, seed.
        manifest: the operating points, fixed on validation data.
        baseline: the traditional technique; None where it does not take part.
        patients_known: whether rows of one patient are known to be of one patient.
        excluded: reason to number of images left out before.
        subgroups: columns to group by, beside those that are found; None: no subgroups.
        prevalences: of use, where they are not those of the set (see `evaluate_set`).
        further_points: operating points of the network that follow from costs (see `cost_point`).
        unit: what a row is.
    """
    common: dict[str, Any] = {
        "labels": scored.labels,
        "classes": list(plan.classes),
        "task": plan.task,
        "positive": plan.positive,
        "clusters": scored.patients if patients_known else None,
    }
    points = [dict(point) for point in manifest.operating_points]
    entry = evaluate_set(
        **common, probabilities=scored.network, unit=unit, operating_points=[*points, *further_points],
        excluded=excluded, seed=plan.seed, prevalences=prevalences,
    )  # fmt: skip
    if subgroups is not None:
        rows = scored.material.rows.iloc[scored.rows]
        join_subgroups(
            entry, common, rows, probabilities=scored.network, points=points, asked=subgroups
        )  # fmt: skip
    if scored.traditional is not None and baseline is not None:
        found = compare_models(
            **common, first=scored.network, second=scored.traditional, first_points=points,
            second_points=baseline.operating_points, seed=plan.seed,
        )  # fmt: skip
        first = found | {"description": baseline.description, "kind": "traditional", "source": "traditional"}
        further = supplementary_comparisons(scored, baseline, common, seed=plan.seed)
        entry["comparisons"] = [first, *further]
    return entry
