"""`readers size`: how many readers and cases a reader study needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from thirdeye.errors import DataRefused, UsageError
from thirdeye.evaluation.auc import hanley_mcneil_variance
from thirdeye.evaluation.readers.arrangement import Kind
from thirdeye.evaluation.readers.obuchowski_rockette import Random
from thirdeye.evaluation.readers.power import Pilot, Power, cases_needed

# Mean correlations of errors over published studies (Rockette et al. 1999, Acad Radiol 6): two tests of one
# reader, two readers of one test, two readers of two tests; and a range of readers' AUCs called moderate by
# Obuchowski 2000 (AJR 175). To be replaced by a pilot wherever there is one.
CORRELATIONS = (0.47, 0.33, 0.29)
READER_RANGE = 0.05
_READS: dict[str, str] = {
    "crossed": "Every reader reads every case with both tests.",
    "split_plot": "{groups} groups of readers, each with cases of its own: as many cases for each group.",
    "cases_nested_in_readers": "Every reader reads cases of their own: as many cases for each reader.",
    "cases_nested_in_tests": "Each test is read on cases of its own: as many cases for each test.",
    "readers_nested_in_tests": "Every reader reads with one test: as many readers for each test.",
}
_RANGE_IN_SD = 4  # readers spread over about four standard deviations


@dataclass(frozen=True)
class SizeTable:
    """Numbers of cases for several numbers of readers.

    Args:
        effect, power, alpha: what was asked.
        random: what the result shall extend to.
        rows: readers, cases, power and interval; those that cannot reach the power are left out.
        impossible: readers to the reason why no number of cases is enough.
        assumptions: sentences on where the variability comes from.
    """

    effect: float
    power: float
    alpha: float
    random: Random
    rows: tuple[Power, ...]
    impossible: dict[int, str]
    assumptions: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form; infinite degrees of freedom are null."""
        rows = [asdict(row) | {"df": row.df if row.df < float("inf") else None} for row in self.rows]
        return {**asdict(self), "rows": rows, "impossible": {str(k): v for k, v in self.impossible.items()}}


def size(
    *,
    effect: float,
    readers: Sequence[int] = (4, 6, 8, 10, 15),
    power: float = 0.8,
    alpha: float = 0.05,
    random: Random = "readers_and_cases",
    auc: float = 0.85,
    healthy_per_diseased: float = 1.0,
    reader_range: float = READER_RANGE,
    pilot: Pilot | None = None,
    arrangement: Kind = "crossed",
    groups: int = 2,
) -> SizeTable:
    """Cases needed to find a difference of two tests.

    Args:
        effect: difference of the AUCs that must not be missed, above 0 and below 0.5.
        readers: numbers of readers to try.
        power, alpha: wanted power and two-sided level.
        random: what the result shall extend to.
        auc: expected mean AUC, without a pilot.
        healthy_per_diseased: mix of the cases, without a pilot.
        reader_range: expected range of the effect over readers, without a pilot.
        pilot: variability from an earlier study; takes the place of the assumptions.
        arrangement, groups: see `thirdeye.evaluation.readers.power.power_of`. Numbers of readers are for each
            test where readers are nested in tests; numbers of cases are what one reader reads with each test.

    Raises:
        UsageError: a number that cannot be.
    """
    if not 0 < effect < 0.5 or not 0 < power < 1:
        raise UsageError(f"an effect of {effect} with a power of {power} cannot be planned")
    told: tuple[str, ...] = ("The variability comes from the pilot study.",)
    if pilot is None:
        pilot, told = _conjectured(auc, healthy_per_diseased, reader_range)
    rows, impossible = [], {}
    for number in readers:
        try:
            rows.append(
                cases_needed(
                    pilot, readers=number, effect=effect, power=power, random=random, alpha=alpha,
                    arrangement=arrangement, groups=groups,
                )
            )  # fmt: skip
        except DataRefused as reason:
            impossible[number] = str(reason)
    told = (*told, _READS[arrangement].format(groups=groups))
    return SizeTable(effect, power, alpha, random, tuple(rows), impossible, told)


def _conjectured(auc: float, ratio: float, reader_range: float) -> tuple[Pilot, tuple[str, ...]]:
    """Variability without a pilot: the error of an AUC by Hanley and McNeil, customary correlations."""
    if not 0.5 < auc < 1 or ratio <= 0 or reader_range < 0:
        raise UsageError(
            f"an AUC of {auc}, {ratio} healthy per diseased and a range of {reader_range} cannot be planned"
        )
    diseased = 1000
    error = hanley_mcneil_variance(auc, diseased, max(1, round(diseased * ratio)))
    one, two, three = (part * error for part in CORRELATIONS)
    interaction = (reader_range / _RANGE_IN_SD) ** 2 / 2
    reader = (reader_range / _RANGE_IN_SD) ** 2
    cases = diseased + max(1, round(diseased * ratio))
    return Pilot(interaction, error, one, two, three, cases, reader), (
        f"No pilot: mean AUC {auc:g}, {ratio:g} healthy for each diseased case, error by Hanley and McNeil.",
        f"Correlations of errors {CORRELATIONS[0]}, {CORRELATIONS[1]} and {CORRELATIONS[2]}, the means over "
        "published studies (Rockette et al. 1999).",
        f"The effect ranges over {reader_range:g} between readers. A pilot study would replace all of these.",
    )
