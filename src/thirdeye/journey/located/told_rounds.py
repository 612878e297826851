"""What training wrote of its rounds, and whether it was cut short."""

from __future__ import annotations

from collections.abc import Sequence

from thirdeye.case.study import Study
from thirdeye.plan.decisions import Decisions
from thirdeye.report.located.cut_short import TITLE, cut_short, planned_rounds
from thirdeye.training.event import Event, Listener
from thirdeye.training.record import CurveWriter

History = Sequence[dict[str, float]]


def write_rounds(study: Study, histories: Sequence[History], plan: Decisions, tell: Listener) -> None:
    """Write ``runs/curves.csv``, and tell where networks had far fewer rounds than were planned.

    Args:
        study: in training.
        histories: of each member, one record a round.
        plan: every value.
        tell: hears it.
    """
    CurveWriter(study.path("runs")).rewrite({number: list(one) for number, one in enumerate(histories)})
    starts = sum(record["epoch"] == 1 for record in histories[0]) if histories else 1
    said = cut_short([len(one) for one in histories], planned_rounds(plan.values(), max(1, starts)))
    if said is not None:
        tell(Event("note", f"{TITLE}. {said}"))
