"""When held-out images are read while a member is trained, and how many: a small share of its time."""

from __future__ import annotations

from dataclasses import dataclass

SHARE = 0.05  # of the training's time
CHECKS = 8  # times in a training, where they fit
MOST_CASES = 16


@dataclass
class Checks:
    """What checks cost so far.

    Args:
        share: of the training's time that they may take, 0 to 1.
        case_s: seconds to read one image; 0 until one was read.
        spent_s: seconds on all of them.
    """

    share: float = SHARE
    case_s: float = 0.0
    spent_s: float = 0.0

    def cases(self, done: int, rounds: int, whole_s: float, held_out: int) -> int:
        """How many images are read now; 0: none.

        After the first round a single one is read, to learn what it costs; after the last none, because all
        of them are read then.

        Args:
            done, rounds: rounds that are finished, rounds of the whole training.
            whole_s: seconds that the whole training is expected to last.
            held_out: images there are.
        """
        if held_out == 0 or done >= rounds:
            return 0
        if self.case_s == 0.0:
            return 1
        if done % max(1, rounds // CHECKS):
            return 0
        left = self.share * whole_s * done / rounds - self.spent_s
        return max(0, min(held_out, MOST_CASES, int(left / self.case_s)))

    def took(self, seconds: float, cases: int) -> None:
        """Remember what a check cost.

        Args:
            seconds: of the check.
            cases: images that were read.
        """
        self.spent_s += seconds
        self.case_s = max(seconds / cases, 1e-4)
