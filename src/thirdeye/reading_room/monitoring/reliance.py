"""What doctors do with the machine's opinion: accept, override, switch to right or to wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.proportion import proportion
from thirdeye.evaluation.readers.switching import Switching, switching
from thirdeye.reading_room.monitoring.columns import FROM, Columns
from thirdeye.reading_room.monitoring.rows import Watched


@dataclass(frozen=True)
class Reliance:
    """Doctors and machine.

    Args:
        choices: "keep", "change", "contest" to the number of decisions, outcome known or not.
        disagreement: share of decisions in which the first call was not the machine's, outcome known or not.
        accepted: share of these in which the doctor then said what the machine says.
        switching: of cases with an outcome, resampled over readers and patients; None without one.
    """

    choices: dict[str, int]
    disagreement: Metric
    accepted: Metric
    switching: Switching | None

    def rate(self, name: str) -> Metric | None:
        """One rate of `switching`; None without one."""
        if self.switching is None:
            return None
        return next(one for one in self.switching.metrics if one.name == name)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        found = self.switching
        told = None
        if found is not None:
            told = {**asdict(found), "metrics": [one.as_json() for one in found.metrics]}
            told["final_accuracy"] = list(found.final_accuracy.values())  # no list of people by number
        return {
            "choices": self.choices, "disagreement": self.disagreement.as_json(),
            "accepted": self.accepted.as_json(), "switching": told,
        }  # fmt: skip


def reliance(
    rows: Sequence[Watched], cases: Columns, *, call_from: float = FROM, level: float = 0.95
) -> Reliance:
    """Measures of reliance.

    Args:
        rows: of `watched`.
        cases: those among them with an outcome.
        call_from: see `comparable`.
        level: of the intervals.
    """
    decided = [one for one in rows if one.aided and one.machine is not None]
    apart = [one for one in decided if (one.doctor >= call_from) != one.called]
    followed = [one for one in apart if (float(one.pair or 0) >= call_from) == one.called]
    return Reliance(
        choices=dict(Counter(one.choice or "" for one in decided)),
        disagreement=_share("disagreement", decided, apart, level),
        accepted=_share("accept_rate", apart, followed, level),
        switching=switched(cases, level=level) if cases.n else None,
    )


def switched(cases: Columns, *, level: float = 0.95) -> Switching:
    """Switches among cases with an outcome; readers and patients are what is resampled."""
    return switching(
        truth=cases.truth, initial=cases.doctor_calls, machine=cases.machine_calls, final=cases.pair_calls,
        reader=cases.reader, case=cases.patient, level=level,
    )  # fmt: skip


def _share(name: str, among: Sequence[Watched], hits: Sequence[Watched], level: float) -> Metric:
    found = set(map(id, hits))
    return proportion(
        [id(one) in found for one in among], name=name,
        clusters=[one.patient for one in among] or None, level=level, empty="there is no such decision",
    )  # fmt: skip
