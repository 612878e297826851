"""Training that ended far earlier than the plan wanted, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.report.document import Notice
from thirdeye.report.evidence import Evidence
from thirdeye.report.numbers import is_number

ENOUGH = 0.5  # share of the planned rounds, below which training was cut far short
TITLE = "Training was cut far short"


def planned_rounds(plan: Mapping[str, Any], starts: int = 1) -> int:
    """Rounds that each network should have had; 0 where the plan does not say.

    Args:
        plan: field to value.
        starts: how often a network began to count anew, as the sliding classifier does for each mining round.
    """
    rounds = plan.get("rounds")
    if not is_number(rounds):
        return 0
    fine = plan.get("fine_rounds") if plan.get("zoom") else 0
    return int(rounds) * starts + (int(fine) if is_number(fine) else 0)  # type: ignore[arg-type]


def cut_short(done: Sequence[int], planned: int) -> str | None:
    """A sentence where networks had less than `ENOUGH` of their rounds; None where they had them.

    Args:
        done: rounds of each network.
        planned: of each.
    """
    if not done or not planned or sum(done) >= ENOUGH * planned * len(done):
        return None
    each = f"{min(done)}" if min(done) == max(done) else f"{min(done)} to {max(done)}"
    share = 100 * sum(done) / (planned * len(done))
    networks = "The network" if len(done) == 1 else f"Each of the {len(done)} networks"
    return (
        f"{networks} learnt for {each} of the {planned} rounds that were planned ({share:.0f}%): the machine "
        "was slower than foreseen, or busy. What was measured is what this short training gave."
    )


def rounds_done(evidence: Evidence) -> tuple[list[int], int]:
    """Rounds that each network had, and how often the first began to count anew; from the curves."""
    curves = evidence.curves
    if curves is None or not {"member", "epoch"} <= set(curves.columns) or curves.empty:
        return [], 1
    members = [part for _, part in curves.groupby("member", sort=False)]
    starts = int((members[0]["epoch"].astype(float) == 1).sum())
    return [len(part) for part in members], max(1, starts)


def short_training(evidence: Evidence) -> Notice | None:
    """The remark of the report."""
    done, starts = rounds_done(evidence)
    values = {name: one.get("value") for name, one in (evidence.plan.get("values") or {}).items()}
    said = cut_short(done, planned_rounds(values, starts))
    if said is None:
        return None
    return Notice(
        "warning", TITLE, said, "Run it again with a longer --budget, or on a machine that is idle."
    )
