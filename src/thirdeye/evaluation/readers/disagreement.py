"""Where readers, and reader and machine, disagree: measured before, and listed for, adjudication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from thirdeye.evaluation.agreement import kappa
from thirdeye.evaluation.gwet import gwet_ac
from thirdeye.evaluation.krippendorff import krippendorff_alpha
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.readers.decisions import Decisions


@dataclass(frozen=True)
class Discordant:
    """A case on which not everybody said the same.

    Args:
        case: its name.
        positive, read: readers who called it, and who read it.
        machine: what the machine said; None where there is none.
        readers_differ, machine_differs: among themselves; some reader from the machine.
    """

    case: str
    positive: int
    read: int
    machine: bool | None
    readers_differ: bool
    machine_differs: bool


@dataclass(frozen=True)
class Disagreement:
    """Agreement before adjudication, and the cases to adjudicate.

    Args:
        among_readers: Krippendorff's alpha and Gwet's AC1 of all readers; empty with one reader.
        with_machine: alpha and AC1 of the readers' majority and the machine; empty without a machine.
        kappas: Cohen's kappa of each reader with the machine, `class_name` the reader.
        cases: discordant ones, those with the machine first.
        n: all cases.
    """

    among_readers: tuple[Metric, ...]
    with_machine: tuple[Metric, ...]
    kappas: tuple[Metric, ...]
    cases: tuple[Discordant, ...]
    n: int

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; the cases themselves are in the adjudication queue."""
        return {
            "cases": self.n,
            "discordant": len(self.cases),
            "discordant_with_machine": sum(one.machine_differs for one in self.cases),
            "among_readers": [metric.as_json() for metric in self.among_readers],
            "with_machine": [metric.as_json() for metric in self.with_machine],
            "kappa_with_machine": [metric.as_json() for metric in self.kappas],
        }


def disagreement(decisions: Decisions, *, level: float = 0.95, seed: int = 0) -> Disagreement:
    """Measure and list it.

    Args:
        decisions: of one reader or more; two, or one and a machine.
        level: of the intervals; they resample cases, for these readers.
        seed: of the bootstrap.
    """
    ratings = decisions.called.T  # (C, R)
    among = _measures(ratings, "readers", level, seed) if ratings.shape[1] > 1 else ()
    beside: tuple[Metric, ...] = ()
    kappas: tuple[Metric, ...] = ()
    if decisions.machine is not None:
        said = decisions.machine.astype(float)
        beside = _measures(_pairs(decisions), "majority of the readers and machine", level, seed)
        kappas = tuple(
            _kappa(decisions.called[j], said, name, level, seed) for j, name in enumerate(decisions.readers)
        )
    return Disagreement(among, beside, kappas, _discordant(decisions), len(decisions.cases))


def _measures(ratings: Any, who: str, level: float, seed: int) -> tuple[Metric, ...]:
    found = (krippendorff_alpha(ratings, level=level, seed=seed), gwet_ac(ratings, k=2, level=level))
    return tuple(metric.with_(class_name=who) for metric in found)


def _pairs(decisions: Decisions) -> Any:
    """(C, 2): the majority of the readers, no rating where they are even, beside the machine."""
    share = np.nanmean(decisions.called, axis=0)
    majority = np.where(share == 0.5, np.nan, share > 0.5)
    return np.stack([majority, np.asarray(decisions.machine, dtype=float)], axis=1)


def _kappa(called: Any, said: Any, name: str, level: float, seed: int) -> Metric:
    read = ~np.isnan(called)
    found = kappa(called[read], said[read], k=2, weights="unweighted", level=level, seed=seed)
    return found.with_(class_name=name)


def _discordant(decisions: Decisions) -> tuple[Discordant, ...]:
    found = []
    for c, case in enumerate(decisions.cases):
        read = decisions.read[:, c]
        positive, readers = int(decisions.called[read, c].sum()), int(read.sum())
        machine = None if decisions.machine is None else bool(decisions.machine[c])
        differ = 0 < positive < readers
        apart = machine is not None and positive != (readers if machine else 0)
        if differ or apart:
            found.append(Discordant(case, positive, readers, machine, differ, apart))
    return tuple(sorted(found, key=lambda one: not one.machine_differs))
