"""What readers do with the machine's opinion: accept, override, switch to right or to wrong.

Each reading holds a first decision made alone, the machine's, and the final one. Automation bias is
P(final wrong | first right, machine wrong); under-reliance is P(final wrong | first wrong, machine right).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import check_binary, check_length, check_names
from thirdeye.evaluation.mcnemar import mcnemar
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.proportion import wilson

_DRAWS = 2000
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Switching:
    """Reader and machine together.

    Args:
        metrics: rates, with the interval of a bootstrap over readers and cases where there are two of each.
        correct_to_incorrect, incorrect_to_correct: numbers of readings.
        commission_errors: machine says positive wrongly and the reader follows from right to wrong.
        omission_errors: machine says negative wrongly and the reader follows from right to wrong.
        net_switch: incorrect to correct minus correct to incorrect.
        net_switch_interval: of its share of all readings; None with one reader or one case.
        mcnemar_p: exact; ignores that readings of one reader, and of one case, belong together.
        final_accuracy: reader to share of right final decisions.
    """

    metrics: tuple[Metric, ...]
    correct_to_incorrect: int
    incorrect_to_correct: int
    commission_errors: int
    omission_errors: int
    net_switch: int
    net_switch_interval: tuple[float, float] | None
    mcnemar_p: float | None
    final_accuracy: dict[str, float]


def switching(
    *, truth: Any, initial: Any, machine: Any, final: Any, reader: Any, case: Any, level: float = 0.95,
    seed: int = 0,
) -> Switching:  # fmt: skip
    """Measures of reliance from one row per reading.

    Args:
        truth, initial, machine, final: (n,) of 0 and 1.
        reader, case: (n,) names.
        level: of the intervals.
        seed: of the bootstrap.
    """
    sick, first, said, last = (check_binary(column) for column in (truth, initial, machine, final))
    check_level(level)
    names = [check_names("names", column).astype(str) for column in (reader, case)]
    for what, column in (("initial", first), ("machine", said), ("final", last), ("reader", names[0]),
                         ("case", names[1])):  # fmt: skip
        check_length(what, column, sick.size)
    was, machine_right, now = first == sick, said == sick, last == sick
    worse, better = was & ~now, ~was & now
    draws = _resampled(names[0], names[1], seed)
    rates = _rates(first, said, last, was, machine_right, now)
    exact = mcnemar(int(worse.sum()), int(better.sum())).p_exact if (worse | better).any() else None
    return Switching(
        metrics=tuple(_rate(name, top, among, draws, level) for name, top, among in rates),
        correct_to_incorrect=int(worse.sum()),
        incorrect_to_correct=int(better.sum()),
        commission_errors=int((worse & said & ~sick).sum()),
        omission_errors=int((worse & ~said & sick).sum()),
        net_switch=int(better.sum() - worse.sum()),
        net_switch_interval=_net_interval(better, worse, draws, level),
        mcnemar_p=exact,
        final_accuracy={str(name): float(now[names[0] == name].mean()) for name in np.unique(names[0])},
    )


def _rates(
    first: Flags, said: Flags, last: Flags, was: Flags, machine_right: Flags, now: Flags
) -> list[tuple[str, Flags, Flags]]:
    """Name, what is counted, among which readings."""
    everyone, apart = np.ones(was.size, bool), first != said
    misled, helped = was & ~machine_right, ~was & machine_right
    return [
        ("initial_accuracy", was, everyone),
        ("machine_accuracy", machine_right, everyone),
        ("final_accuracy", now, everyone),
        ("disagreement", apart, everyone),
        ("accept_rate", last == said, apart),
        ("override_rate", last != said, apart),
        ("correct_to_incorrect_rate", was & ~now, everyone),
        ("incorrect_to_correct_rate", ~was & now, everyone),
        ("automation_bias_rate", ~now, misled),
        ("self_reliance_rate", now, misled),
        ("beneficial_switch_rate", now, helped),
        ("under_reliance_rate", ~now, helped),
    ]


def _rate(name: str, top: Flags, among: Flags, draws: NDArray[np.float64] | None, level: float) -> Metric:
    n, hits = int(among.sum()), int((top & among).sum())
    if not n:
        return undefined(name, "there is no such reading", n=0, level=level)
    fields: dict[str, Any] = {}
    if n < MIN_EVENTS:
        fields = {"status": "unstable", "reason": f"rests on {n} readings"}
    value = hits / n
    if draws is None:
        low, high = wilson(hits, n, level)
        method = "wilson"
    else:
        counted, whole = draws @ (top & among), draws @ among
        shares = counted[whole > 0] / whole[whole > 0]
        low, high = (float(part) for part in np.quantile(shares, [(1 - level) / 2, (1 + level) / 2]))
        method = "bootstrap_readers_and_cases"
    return Metric(
        name=name, value=value, ci_low=low, ci_high=high, ci_method=method, level=level, n=n, **fields
    )


def _resampled(reader: NDArray[np.str_], case: NDArray[np.str_], seed: int) -> NDArray[np.float64] | None:
    """(draws, n): how often each reading is drawn when readers and cases are; None with one of either."""
    rng = np.random.default_rng(seed)
    weights = []
    for names in (reader, case):
        known, code = np.unique(names, return_inverse=True)
        if known.size < 2:
            return None
        drawn = rng.multinomial(known.size, np.full(known.size, 1 / known.size), size=_DRAWS)
        weights.append(drawn[:, code].astype(np.float64))
    product: NDArray[np.float64] = weights[0] * weights[1]
    return product


def _net_interval(
    better: Flags, worse: Flags, draws: NDArray[np.float64] | None, level: float
) -> tuple[float, float] | None:
    if draws is None:
        return None
    whole = draws.sum(axis=1)
    kept = whole > 0
    share = (draws[kept] @ (better.astype(float) - worse)) / whole[kept]
    low, high = (float(part) for part in np.quantile(share, [(1 - level) / 2, (1 + level) / 2]))
    return low, high
