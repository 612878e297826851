"""The files of an external set: what was said of each case, and which cases were left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import pandas as pd

from thirdeye.journey.scoring import DECIDED, Scored, Table, predictions_csv
from thirdeye.plan.plan import Plan


def external_predictions_csv(
    plan: Plan,
    name: str,
    scored: Scored,
    abstained: Sequence[str],
    decided: tuple[pd.DataFrame, Table] | None = None,
) -> str:
    """As ``predictions.csv`` of the study, with the image, and why the network would have said nothing.

    Args:
        plan: task and classes.
        name: of the set.
        scored: its cases.
        abstained: per case the reason, "" where the network would speak.
        decided: where cases are decided from several images or with clinical variables: the first image of
            each case, and the last word on it.
    """
    rows = list(csv.reader(io.StringIO(predictions_csv(plan, [(name, scored)], decided, of=name))))
    images = [str(image) for image in scored.material.rows["image"].iloc[scored.rows]]
    source = rows[0].index("source")
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["image", *rows[0], "outside_envelope"])
    for at, row in enumerate(rows[1:]):
        case = at % len(images)  # the sources follow each other, each with all cases; whole cases come last
        image = "" if row[source] == DECIDED else images[case]
        writer.writerow([image, *row, abstained[case] if row[source] == "network" else ""])
    return stream.getvalue()


def excluded_csv(excluded: Mapping[str, str]) -> str:
    """Every image that was left out, with its reason."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["image", "reason"])
    writer.writerows(sorted(excluded.items()))
    return stream.getvalue()
