"""An analysed reader study, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from thirdeye.evaluation.readers.readings import Readings
from thirdeye.evaluation.readers.result import Analysis
from thirdeye.evaluation.readers.standalone import StandaloneComparison
from thirdeye.evaluation.readers.switching import Switching


@dataclass(frozen=True)
class ReaderStudy:
    """What an analysis found.

    Args:
        readings: of the people; None where only decisions are known.
        tests: comparison of tests, or description of one.
        standalone: the network against the readers.
        reliance: what readers did with the machine's opinion.
        merit: name of the figure of merit.
        network: name of the network among the readers.
        network_scores: truth (n,) and scores (n,) of the network.
        level: of all intervals.
    """

    readings: Readings | None
    tests: Analysis | None
    standalone: StandaloneComparison | None
    reliance: Switching | None
    merit: str
    network: str | None
    network_scores: tuple[NDArray[Any], NDArray[Any]] | None
    level: float
