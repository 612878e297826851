"""The figures that stand at the top; accuracy alone is refused there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thirdeye.errors import UsageError

IMBALANCE = 0.2  # share of the rarer class below which accuracy misleads most
BESIDE = ("balanced_accuracy", "average_precision", "mcc")


def headline(
    metrics: Sequence[Mapping[str, Any]], *names: str, prevalence: float | None = None
) -> list[Mapping[str, Any]]:
    """The metrics called `names`, of the whole set, in their order.

    Where one class is rare (below `IMBALANCE`), accuracy brings balanced accuracy, average precision and
    Matthews' correlation with it.

    Args:
        metrics: of an entry of "sets", JSON-ready.
        names: wanted ("auc", "accuracy").
        prevalence: share of the positive class (binary), where known.

    Raises:
        UsageError: nothing but accuracy is wanted, or a name is not there.
    """
    wanted = list(dict.fromkeys(names))
    if wanted == ["accuracy"]:
        raise UsageError(
            "accuracy alone is no headline: a reader that always names the commoner class has a high one; "
            f"ask for another with it ({', '.join(('auc', *BESIDE))})"
        )
    rare = prevalence is not None and not IMBALANCE <= prevalence <= 1 - IMBALANCE
    if "accuracy" in wanted and rare:
        wanted += [name for name in BESIDE if name not in wanted]
    missing = [name for name in names if not _called(metrics, name)]
    if missing:
        raise UsageError(f"the set has no measure called '{missing[0]}'")
    return [found[0] for name in wanted if (found := _called(metrics, name))]


def of_whole_set(metrics: Sequence[Mapping[str, Any]], *names: str) -> Mapping[str, Any] | None:
    """The first metric with one of the names, in their order, that is of no class and no operating point.

    Args:
        metrics: of an entry of "sets", JSON-ready.
        names: wanted, the most wanted first ("auc", "auc_macro").
    """
    for name in names:
        found = _called(metrics, name)
        if found and not found[0].get("operating_point"):
            return found[0]
    return None


def _called(metrics: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """Those of the whole set; those without an operating point first."""
    found = [metric for metric in metrics if metric["name"] == name and not metric.get("class")]
    return sorted(found, key=lambda metric: bool(metric.get("operating_point")))
