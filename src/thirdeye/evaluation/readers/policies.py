"""Ways in which readers and a machine can work together, and what each would give on the same cases.

Machine alone, reader alone, the machine's uncertain cases to the reader (El-Yaniv & Wiener 2010), double
reading in which another reader arbitrates where reader and machine differ. Rules are fixed on other data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.deferral import DeferralRule
from thirdeye.evaluation.distributions import check_level
from thirdeye.evaluation.inputs import check_probabilities
from thirdeye.evaluation.metric import MIN_EVENTS, Metric, undefined
from thirdeye.evaluation.readers.decisions import Decisions

Array = NDArray[np.float64]
ARBITRATED = "reader and machine, another reader arbitrates"
_DRAWS, _CHUNK = 2000, 200


@dataclass(frozen=True)
class Policy:
    """A way of working.

    Args:
        name: in words ("reader alone").
        sensitivity, specificity: mean over readers, with intervals over readers and cases.
        workload: readings by people for each case.
        machine_alone: share of cases that no person reads.
        rule: of deferral; None for other policies.
    """

    name: str
    sensitivity: Metric
    specificity: Metric
    workload: float
    machine_alone: float
    rule: DeferralRule | None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "name": self.name,
            "sensitivity": self.sensitivity.as_json(),
            "specificity": self.specificity.as_json(),
            "workload": self.workload,
            "machine_alone": self.machine_alone,
            "rule": None if self.rule is None else self.rule.as_json(),
        }


@dataclass(frozen=True)
class _Votes:
    """Drawn readers' votes on each case, (b, C)."""

    readers: Array
    positive: Array
    pairs: Array
    both: Array
    neither: Array


# Chance of a positive call, (b, C); NaN where nobody drawn has read the case.
_Call = Callable[[_Votes], Array]
_Row = tuple[str, _Call, float, float, DeferralRule | None]


def policies(
    decisions: Decisions, *, probabilities: Any = None, rules: Sequence[DeferralRule] = (),
    level: float = 0.95, seed: int = 0,
) -> tuple[Policy, ...]:  # fmt: skip
    """Every policy that the data can tell about.

    Args:
        decisions: of the readers on their own, and of the machine.
        probabilities: (C,) of the machine; needed by `rules`.
        rules: of deferral, fixed on validation data.
        level: of the intervals; a bootstrap of readers and cases together (of cases, with one reader).
        seed: of the bootstrap.

    Raises:
        UsageError: no machine, or rules without probabilities.
    """
    check_level(level)
    if decisions.machine is None:
        raise UsageError("policies need the machine's decisions beside the readers'")
    if rules and probabilities is None:
        raise UsageError("rules of deferral need the machine's probabilities")
    calls = _calls(decisions, probabilities, rules)
    values, draws = _drawn(decisions, [call for _, call, _, _, _ in calls], seed)
    found = []
    for number, (name, _, workload, alone, rule) in enumerate(calls):
        parts = [
            _metric(measure, values[number, kind], draws[:, number, kind], decisions, kind == 0, level)
            for kind, measure in enumerate(("sensitivity", "specificity"))
        ]
        found.append(Policy(name, parts[0], parts[1], workload, alone, rule))
    return tuple(found)


def _calls(decisions: Decisions, probabilities: Any, rules: Sequence[DeferralRule]) -> list[_Row]:
    said = np.asarray(decisions.machine)
    found: list[_Row] = [
        (
            "machine alone",
            lambda votes: np.broadcast_to(said.astype(float), votes.readers.shape),
            0.0,
            1.0,
            None,
        ),
        ("reader alone", _reader, 1.0, 0.0, None),
    ]
    for rule in rules:
        deferred = rule.defers(check_probabilities(probabilities, said.size))
        found.append(
            (rule.name, _deferring(said, deferred), float(deferred.mean()), float((~deferred).mean()), rule)
        )
    if len(decisions.readers) > 1:
        apart = np.where(decisions.read, decisions.called != said, np.nan)
        third = float(np.nanmean(apart, axis=0).mean())
        found.append((ARBITRATED, _arbitrated(said), 1 + third, 0.0, None))
    return found


def _reader(votes: _Votes) -> Array:
    return _ratio(votes.positive, votes.readers)


def _deferring(said: NDArray[np.bool_], deferred: NDArray[np.bool_]) -> _Call:
    return lambda votes: np.where(deferred, _reader(votes), said)


def _arbitrated(said: NDArray[np.bool_]) -> _Call:
    """The machine's alarm stands if either of two readers agrees; without it both have to call."""
    return lambda votes: np.where(
        said, 1 - _ratio(votes.neither, votes.pairs), _ratio(votes.both, votes.pairs)
    )


def _ratio(top: Array, bottom: Array) -> Array:
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)


def _drawn(decisions: Decisions, calls: Sequence[_Call], seed: int) -> tuple[Array, Array]:
    """(P, 2) sensitivity and specificity of each policy, and (draws, P, 2) of resampled readers and cases."""
    r, c = decisions.called.shape
    rng = np.random.default_rng(seed)
    value = _measured(decisions, calls, np.ones((1, r)), np.ones((1, c)))[0]
    draws = []
    for _ in range(_DRAWS // _CHUNK):
        readers = rng.multinomial(r, np.full(r, 1 / r), size=_CHUNK) if r > 1 else np.ones((_CHUNK, 1))
        cases = rng.multinomial(c, np.full(c, 1 / c), size=_CHUNK)
        draws.append(_measured(decisions, calls, readers.astype(float), cases.astype(float)))
    return value, np.concatenate(draws)


def _measured(decisions: Decisions, calls: Sequence[_Call], readers: Array, cases: Array) -> Array:
    """(b, P, 2) with (b, R) and (b, C) weights."""
    read, called = decisions.read.astype(float), np.nan_to_num(decisions.called)
    count, positive = readers @ read, readers @ called
    own, own_positive = readers**2 @ read, readers**2 @ called
    votes = _Votes(
        count, positive, count**2 - own, positive**2 - own_positive,
        (count - positive) ** 2 - (own - own_positive),
    )  # fmt: skip
    found = np.empty((len(readers), len(calls), 2))
    for number, call in enumerate(calls):
        chance = call(votes)
        known = cases * ~np.isnan(chance)
        chance = np.nan_to_num(chance)
        for kind, (among, right) in enumerate(((decisions.truth, chance), (~decisions.truth, 1 - chance))):
            weight = known * among
            found[:, number, kind] = _ratio((weight * right).sum(axis=1), weight.sum(axis=1))
    return found


def _metric(
    name: str, value: float, draws: Array, decisions: Decisions, diseased: bool, level: float
) -> Metric:
    n = int((decisions.truth if diseased else ~decisions.truth).sum())
    if np.isnan(value):
        return undefined(name, f"there is no {'diseased' if diseased else 'healthy'} case", n=n, level=level)
    usable = draws[~np.isnan(draws)]
    fields: dict[str, Any] = {}
    if n < MIN_EVENTS:
        fields = {"status": "unstable", "reason": f"rests on {n} cases, fewer than {MIN_EVENTS}"}
    if usable.size >= draws.size / 2:
        low, high = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
        several = len(decisions.readers) > 1
        fields |= {
            "ci_low": float(low), "ci_high": float(high),
            "ci_method": "bootstrap_readers_and_cases" if several else "bootstrap_cases_one_reader",
        }  # fmt: skip
    return Metric(name=name, value=float(value), n=n, n_clusters=n, level=level, **fields)
