"""What the plan has to know of cases, clinical variables and taxonomies, and what it refuses of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from thirdeye.case.taxonomy import levels_of
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.intake.taxonomy import read_taxonomy, taxonomy_beside
from thirdeye.journey.feature_sets.names import refuse_unfit_sets
from thirdeye.journey.fusion.cases import IMAGE, same_views, unit_of
from thirdeye.journey.fusion.variables import offered, refuse_unfit
from thirdeye.plan.plan import Plan
from thirdeye.plan.rules import Facts
from thirdeye.training.event import Event, Listener


def with_cases(facts: Facts, dataset: Dataset, data: Path) -> Facts:
    """The facts with what is decided, the views, the clinical variables and the taxonomy beside the data."""
    unit = unit_of(dataset.rows, dataset.group)
    development = dataset.part("train", "validation").reset_index(drop=True)
    beside = taxonomy_beside(data)
    return replace(
        facts,
        unit=unit,
        views=same_views(dataset.part("train", "validation", "test").reset_index(drop=True), unit),
        variables=offered(development, unit).taken,
        taxonomy=() if beside is None or facts.task == "multilabel" else read_taxonomy(beside),
    )


def refuse_unfit_cases(plan: Plan, dataset: Dataset, tell: Listener) -> None:
    """Refuse values of the plan that the cases of a dataset do not allow; say which variables are left out.

    Raises:
        UsageError: no case has several images, a variable cannot be used, or the taxonomy does not fit.
    """
    unit = unit_of(dataset.rows, dataset.group)
    if plan.fusion and unit == IMAGE:
        raise UsageError("fusion: no case of these data has several images of one label; leave it empty")
    if plan.task == "multilabel" and (plan.variables or plan.taxonomy):
        raise UsageError("variables and taxonomy: labels that do not exclude each other cannot be summed up")
    development = dataset.part("train", "validation").reset_index(drop=True)
    refuse_unfit(plan.variables, development, unit if plan.fusion else IMAGE)
    if plan.taxonomy:
        levels_of(plan.taxonomy, plan.classes)
    refuse_unfit_sets(plan, tell)
    if plan.joining != "logistic" and not plan.variables:
        tell(Event("note", f"joining={plan.joining} has nothing to join: no clinical variable is used"))
    if plan.task == "multilabel":
        return
    for name, why in offered(development, unit).refused.items():
        if name not in plan.variables and not why.startswith("its name"):
            tell(Event("note", f"the column '{name}' is not used as a clinical variable: {why}"))
