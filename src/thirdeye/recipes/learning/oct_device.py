"""What another device does to a referral in two stages: before and after the first stage learnt again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.metric import Metric
from thirdeye.evaluation.paired import paired_proportion
from thirdeye.evaluation.penalty import least_penalty, penalty_matrix
from thirdeye.intake.words import counted, listed
from thirdeye.recipes.learning.oct_stages import Stages, drawn_rows, is_new
from thirdeye.recipes.learning.oct_told import errors_and_penalty, in_words
from thirdeye.recipes.system import Cases, Further, FurtherTable, Values
from thirdeye.report.numbers import full_text

Grades = NDArray[np.float64]


def refuse_unfit_device(cases: Cases, values: Values) -> None:
    """Refuse a new device that the data do not have, or that could not be learnt.

    Args:
        cases: all scans.
        values: with "new_device"; empty or missing: nothing is asked.

    Raises:
        UsageError: no scan is of that device.
        DataRefused: tissues are drawn of that device alone, or of none of its scans.
    """
    device, new, drawn = values.get("new_device"), is_new(cases, values), drawn_rows(cases)
    if not device:
        return
    if not new.any():
        there = listed(sorted(set(cases.rows["site"]) - {""}), 8) or "no device"
        raise UsageError(f"new_device: no scan comes from '{device}'; the column site has {there}")
    if not (new & drawn).any() or not (drawn & ~new).any():
        of = f"device '{device}'" if not (new & drawn).any() else f"devices other than '{device}'"
        raise DataRefused(f"new_device: no scan of {of} has drawn tissues: the first stage cannot learn it")


def refuse_unknown_device(cases: Cases, values: Values) -> None:
    """Refuse scans to read of which nobody says the device, where the devices are read by other networks.

    Raises:
        DataRefused: a scan without a device.
    """
    nameless = int((cases.rows["site"] == "").sum())
    if values.get("new_device") and nameless:
        raise DataRefused(
            f"{counted(nameless, 'scan')} without a device (column site): scans of '{values['new_device']}' "
            "are read by networks of their own, so every scan has to name its device"
        )


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
    if not new.any():
        return Further()
    unadapted = sum(not one.adapted for one in stages)
    if unadapted:
        return Further(lead=(_not_learnt(unadapted, len(stages), values["new_device"]),))
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
        if not which.any():
            continue
        pair = errors_and_penalty(test.labels[which], least_penalty(votes, penalties), penalties, who[which])
        found[key] = pair
        rows.append((title, str(int(which.sum())), *(in_words(one) for one in pair)))
    right = [least_penalty(votes, penalties) == test.labels[new] for votes in (before, grades[new])]
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
    shares = [full_text(found[f"new_device_{when}"][0].as_json()) for when in ("before", "after")]
    return (
        f"On scans of device {device}, which came later, the share of wrong referrals is {shares[0]} "
        f"before and {shares[1]} after the first stage alone learnt again."
    )


def _not_learnt(unadapted: int, members: int, device: str) -> str:
    return (
        f"In {unadapted} of {counted(members, 'member')} no drawn scan of device {device} was there to learn "
        "from: they read its scans with networks that never saw that device, and before and after are not "
        "compared."
    )


def _difference(before: NDArray[np.bool_], after: NDArray[np.bool_], who: NDArray[np.object_]) -> str:
    gap = paired_proportion(after, before, clusters=who)
    said = f"Right after minus right before, on the same scans: {gap.difference:+.3f}"
    if gap.ci_low is None or gap.ci_high is None:
        return f"{said} (no interval)."
    return f"{said} (95% interval {gap.ci_low:+.3f} to {gap.ci_high:+.3f})."
