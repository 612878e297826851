"""A person who decides where the networks of a reader disagree, from a column of the table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from thirdeye.errors import UsageError
from thirdeye.evaluation.tie_break import tie_break_evidence
from thirdeye.inference.calibration import apply
from thirdeye.inference.manifest import Manifest
from thirdeye.journey.networks import each_alone
from thirdeye.journey.scoring import Scored
from thirdeye.plan.plan import Plan

TIE_BREAK = "tie_break"
POINT = "youden"


def refuse_unfit_tie_break(plan: Plan, rows: pd.DataFrame) -> None:
    """Refuse a person's column that is not there, or a plan without anything that could disagree.

    Raises:
        UsageError: with what would do.
    """
    column = plan.tie_break
    if not column:
        return
    if column not in rows.columns:
        raise UsageError(
            f"tie_break names the column '{column}', which the table has not; there are "
            f"{', '.join(map(str, rows.columns))}"
        )
    if plan.positive is None or not plan.networks:
        raise UsageError(
            "tie_break needs a yes-or-no question and several networks: name further ones with "
            "--set networks=..."
        )


def join_tie_break(
    entry: dict[str, Any], scored: Scored, plan: Plan, manifest: Manifest, *, patients_known: bool
) -> None:
    """Write "tie_break" into the entry of a set, where the plan names a person's column.

    Each network alone goes through the calibration of all together and is cut at the same Youden point.

    Args:
        entry: of `set_evidence`.
        scored: the set, with the logits of each member.
        plan: task, classes, positive class, and the column.
        manifest: of the reader.
        patients_known: whether rows of one patient are known to be of one patient.
    """
    alone = each_alone(manifest, scored.members) if plan.tie_break else {}
    point = next((one for one in manifest.operating_points if one["name"] == POINT), None)
    if len(alone) < 2 or point is None or plan.positive is None:
        return
    column, cut = plan.classes.index(plan.positive), float(point["threshold"])
    each = [apply(manifest.calibration, np.log(one.clip(1e-12)))[:, column] >= cut for one in alone.values()]
    said = scored.material.rows.iloc[scored.rows][plan.tie_break]
    found = tie_break_evidence(
        scored.labels == column, np.column_stack(each), scored.network[:, column] >= cut,
        calls_of(said, plan), clusters=scored.patients if patients_known else None,
    )  # fmt: skip
    entry[TIE_BREAK] = {"column": plan.tie_break, "networks": list(alone), "operating_point": POINT, **found}


def calls_of(said: pd.Series[Any], plan: Plan) -> NDArray[np.float64]:
    """(n,) 1 for the positive class, 0 for the other, NaN where the cell holds neither."""
    values = {name: float(name == plan.positive) for name in plan.classes}
    return np.array([values.get(str(cell), np.nan) for cell in said])
