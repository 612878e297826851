"""What another device does to a referral in two stages: before and after the first stage learnt again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import paired_proportion
from thirdeye.evaluation.penalty import least_penalty, penalty_matrix
from thirdeye.recipes.learning.oct_stages import Stages, is_new
from thirdeye.recipes.learning.oct_told import errors_and_penalty, in_words
from thirdeye.recipes.system import Cases, Further, FurtherTable, Values

Grades = NDArray[np.float64]


def told_of_device(stages: Sequence[Stages], grades: Grades, test: Cases, values: Values) -> Further:
    """Errors and penalties on scans of the known devices, and of the new one before and after.

    Args:
        stages: of each member.
        grades: (n, K) mean votes, scans of the new device by the networks that learnt again.
        test: cases of the test part.
        values: with "new_device", "penalties" and "grades".

    Returns:
        Nothing where no device is new, or the test part has no scan of it.
    """
    new = is_new(test, values)
    if not new.any() or not all(one.adapted for one in stages):
        return Further()
    before = np.mean([one.votes(test.arrays["scans"][new])[0] for one in stages], axis=0)
    inside = [values["grades"].index(name) for name in test.classes]
    penalties = penalty_matrix(values["penalties"], len(values["grades"]))[np.ix_(inside, inside)]
    who = test.rows["patient"].to_numpy()
    device = values["new_device"]
    sides = {
        "known_devices": ("the devices that it learnt from", ~new, grades[~new]),
        "new_device_before": (f"device {device}, before", new, before),
        "new_device_after": (f"device {device}, after the first stage learnt again", new, grades[new]),
    }
    found, rows = {}, []
    for key, (title, which, votes) in sides.items():
        pair = errors_and_penalty(test.labels[which], least_penalty(votes, penalties), penalties, who[which])
        found[key] = pair
        rows.append((title, str(int(which.sum())), *(in_words(one) for one in pair)))
    right = [
        least_penalty(votes, penalties) == test.labels[new] for votes in (before, grades[new])
    ]  # fmt: skip
    table = FurtherTable(
        "Another device: referral by least penalty",
        ("Scans", "Number", "Errors", "Mean penalty of a case"),
        tuple(rows),
        (
            f"Before: no network had seen a scan of device {device}. After: the first stage learnt again "
            "from drawn scans of that device alone; the second stage is the same and never saw a map of it.",
            _difference(right[0], right[1], who[new]),
        ),
    )
    numbers = {
        key: {"errors": pair[0].as_json(), "penalty": pair[1].as_json()} for key, pair in found.items()
    }
    return Further(lead=(_lead(found, device),), tables=(table,), numbers=numbers)


def _lead(found: dict[str, tuple[Metric, Metric]], device: str) -> str:
    shares = [f"{found[f'new_device_{when}'][0].value:.1%}" for when in ("before", "after")]
    return (
        f"On scans of device {device}, which came later, the referral is wrong in {shares[0]} before and in "
        f"{shares[1]} after the first stage alone learnt again."
    )


def _difference(before: NDArray[np.bool_], after: NDArray[np.bool_], who: NDArray[np.object_]) -> str:
    gap = paired_proportion(after, before, clusters=who)
    said = f"Right after minus right before, on the same scans: {gap.difference:+.3f}"
    if gap.ci_low is None or gap.ci_high is None:
        return f"{said} (no interval)."
    return f"{said} (95% interval {gap.ci_low:+.3f} to {gap.ci_high:+.3f})."
