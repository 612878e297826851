"""What the verbs ask of a task that says where something is: masks, boxes or points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from thirdeye.case.study import Study
from thirdeye.dataset.fingerprint import Fingerprint
from thirdeye.dataset.table import Dataset
from thirdeye.journey.results import Checked
from thirdeye.plan.decisions import Decisions
from thirdeye.training.event import Listener


@dataclass(frozen=True)
class LocatedPlan:
    """A dataset with masks, boxes or points, and the plan that follows.

    Args:
        dataset, fingerprint, plan: see their rooms.
        speed: what this machine learns from in a second, in the unit of the plan's rules.
        write: writes what the task keeps beside the files of every plan; returns the names of the files.
    """

    dataset: Dataset
    fingerprint: Fingerprint
    plan: Decisions
    speed: float
    write: Callable[[Study], list[str]]


class PlanVerb(Protocol):
    """`plan`: split the data, look at the development part, apply the rules."""

    def __call__(
        self, checked: Checked, *, budget_s: float, seed: int, overrides: Mapping[str, Any] | None
    ) -> LocatedPlan: ...


class TrainVerb(Protocol):
    """`train`: fit and write the reader; returns the names of the files that it wrote."""

    def __call__(
        self, study: Study, dataset: Dataset, *, identity: str, started: float, tell: Listener
    ) -> list[str]: ...


class EvaluateVerb(Protocol):
    """`validate`: ``evaluation.json`` and ``predictions.csv`` of one look at the test part."""

    def __call__(self, study: Study, dataset: Dataset, *, tell: Listener) -> tuple[dict[str, Any], str]: ...


class ElsewhereVerb(Protocol):
    """`validate --on`: the entry of an external set, and its single cases as CSV.

    `dataset` holds the cases, those to measure as its test part; `marks` is what is drawn in them; `own` is
    the study's dataset where its images are at hand and the traditional technique is to be fitted again.
    """

    def __call__(
        self, study: Study, dataset: Dataset, marks: Any, *, name: str, own: Dataset | None, tell: Listener
    ) -> tuple[dict[str, Any], str]: ...


@dataclass(frozen=True)
class LocatedTask:
    """The verbs of one task.

    Args:
        plan, train, evaluate, elsewhere: see the protocols.
        reader_key: what the evidence depends on besides the dataset, from ``model.json``.
    """

    plan: PlanVerb
    train: TrainVerb
    evaluate: EvaluateVerb
    elsewhere: ElsewhereVerb
    reader_key: Callable[[Mapping[str, Any]], list[Any]]
