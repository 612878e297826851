"""How much of the time budget must be left when the last round of a segmentation's training ends."""

from __future__ import annotations

from dataclasses import dataclass

EVIDENCE_S = 25.0  # export, resamples, report
SCORE_S = {2: 0.15, 3: 0.25}  # one case scored against its reference, by number of axes
LARGEST_SHARE = 0.4  # of the budget: below, a tiny budget would leave no time to learn
ENGINE = 0.7  # of the time of torch, in which the exported network reads


@dataclass(frozen=True)
class Reserve:
    """What follows training.

    Args:
        budget_s: of the run.
        axes: 2 or 3.
        n_development, n_test: cases that are read and scored.
        members: of the ensemble.
        views: in which an image may be read (mirrored views included).
    """

    budget_s: float
    axes: int
    n_development: int
    n_test: int
    members: int
    views: int

    @property
    def evidence_s(self) -> float:
        """Seconds for all that reads no image: scores, intervals, report."""
        wanted = EVIDENCE_S + SCORE_S[self.axes] * (self.n_development + self.n_test)
        return min(wanted, LARGEST_SHARE / 2 * self.budget_s)

    def reading_s(self, case_s: float, held_out: int) -> float:
        """Seconds in which one member reads what it did not learn from, and the test part.

        Args:
            case_s: in which it reads one image in one view.
            held_out: images that it did not learn from.
        """
        wanted = case_s * self.views * (held_out + ENGINE * self.n_test)
        return min(wanted, LARGEST_SHARE / 2 * self.budget_s / self.members)
