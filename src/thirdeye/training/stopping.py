"""When a member stops before its last epoch, and by what its best epoch is known."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST = 2  # epochs of patience, where it is a share


def cost(record: dict[str, float], stopping: str) -> float:
    """What the best epoch has least of: validation loss, or the AUC with a minus.

    Args:
        record: of one epoch.
        stopping: as in `Plan`.
    """
    if stopping.startswith("auc:"):
        return -record.get("validation_metric", 0.0)
    return record["validation_loss"]


def is_over(history: Sequence[dict[str, float]], stopping: str, epochs: int) -> bool:
    """Whether nothing more is to be hoped for.

    Args:
        history: records of all epochs so far.
        stopping: as in `Plan`.
        epochs: of the whole training.
    """
    kind, _, rest = stopping.partition(":")
    if kind == "none":
        return False
    costs = [cost(record, stopping) for record in history]
    if kind == "auc":
        gain, _, most = rest.partition(":")
        return _without_gain(costs, float(gain)) >= int(most)
    patience = int(rest) if kind == "loss_epochs" else max(FEWEST, round(float(rest) * epochs))
    return _without_gain(costs, 0.0) >= patience


def _without_gain(costs: Sequence[float], gain: float) -> int:
    """Epochs since the cost last fell by more than `gain`."""
    lowest, since = float("inf"), 0
    for one in costs:
        if one < lowest - gain:
            lowest, since = one, 0
        else:
            since += 1
    return since
