"""An analysed reader study, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from thirdeye.evaluation.deferral import RiskCoverage
from thirdeye.evaluation.readers.dbm import PseudovalueAnova
from thirdeye.evaluation.readers.decisions import Decisions
from thirdeye.evaluation.readers.disagreement import Disagreement
from thirdeye.evaluation.readers.free_response_study import FreeResponse
from thirdeye.evaluation.readers.policies import Policy
from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis
from thirdeye.evaluation.readers.standalone import StandaloneComparison
from thirdeye.evaluation.readers.switching import Switching


class SideBySide(Protocol):
    """Decisions of readers and network on the same cases, and what follows from them."""

    @property
    def decisions(self) -> Decisions:
        """Of readers and network."""

    @property
    def disagreement(self) -> Disagreement:
        """Before adjudication."""

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Ways of working together."""

    @property
    def curve(self) -> RiskCoverage | None:
        """Risk against coverage of the network."""

    @property
    def told(self) -> tuple[str, ...]:
        """What decisions are, and what could not be said."""


@dataclass(frozen=True)
class ReaderStudy:
    """What an analysis found.

    Args:
        readings: of the people; None where only decisions, or marks, are known.
        tests: comparison of tests, or description of one.
        standalone: the network against the readers.
        reliance: what readers did with the machine's opinion.
        merit: name of the figure of merit.
        network: name of the network among the readers.
        network_scores: truth (n,) and scores (n,) of the network.
        level: of all intervals.
        marks: of a free-response study.
        anova: the analysis of pseudovalues, where it was asked for.
        together: JSON of `side_by_side`.
        side_by_side: decisions of readers and network.
    """

    readings: Readings | None
    tests: Analysis | None
    standalone: StandaloneComparison | None
    reliance: Switching | None
    merit: str
    network: str | None
    network_scores: tuple[NDArray[Any], NDArray[Any]] | None
    level: float
    marks: FreeResponse | None = None
    anova: PseudovalueAnova | None = None
    together: Mapping[str, Any] | None = None
    side_by_side: SideBySide | None = None

    @property
    def cases(self) -> int:
        """How many cases were read."""
        if self.marks is not None:
            return len(self.marks.cases)
        return 0 if self.readings is None else len(self.readings.cases)
