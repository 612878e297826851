"""How every finding does that the network of both sites learnt: where it learnt, and elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from thirdeye.evaluation.cross_site import Films, auc_at, lost
from thirdeye.evaluation.metric import Metric
from thirdeye.recipes.learning.site_member import SiteMember
from thirdeye.recipes.system import ANSWER, Cases, FurtherTable
from thirdeye.report.numbers import short_text

CAPTION = "Every finding of the network of both sites: areas under the ROC curve"
NOTE = (
    "95% intervals (DeLong).{} One network answers for all of them; intervals are not adjusted for their "
    "number."
)
DIFFERENCE = " The difference is elsewhere minus home, of independent films."


def findings_told(
    members: Sequence[SiteMember], test: Cases, films: Films, home: Sequence[str], elsewhere: Sequence[str]
) -> tuple[FurtherTable, ...]:
    """A row a finding; () where the network learnt two classes alone.

    Args:
        members: of the system.
        test: the films of the test part, with their "findings" (n, F).
        films: the same films with sites and patients.
        home, elsewhere: sites that were learnt from, and sites that were not, if there are such.
    """
    table = test.arrays.get("findings")
    if table is None:
        return ()
    pixels = test.arrays["pixels"]
    scores = np.mean([one.seen(ANSWER, pixels).logits for one in members], axis=0)
    rows = []
    for number, name in enumerate(test.inputs["findings"]):
        own = replace(films, labels=table[:, number])
        at_home, away = (auc_at(own, scores[:, number], sites) for sites in (home, elsewhere))
        there = int(table[:, number].sum())
        further = (_auc(away), _change(at_home, away)) if elsewhere else ()
        rows.append((str(name), str(there), _auc(at_home), *further))
    columns: tuple[str, ...] = ("Finding", "Films with it", " and ".join(home))
    if not elsewhere:
        return (FurtherTable(CAPTION, columns, tuple(rows), (NOTE.format(""),)),)
    columns += (" and ".join(one or "unknown" for one in elsewhere), "Difference")
    return (FurtherTable(CAPTION, columns, tuple(rows), (NOTE.format(DIFFERENCE),)),)


def _auc(metric: Metric) -> str:
    return short_text(metric.as_json())


def _change(home: Metric, away: Metric) -> str:
    found = lost(home, away).difference
    if found.value is None:
        return "undefined"
    return f"{found.value:+.3f}" + (
        "" if found.ci_low is None else f" ({found.ci_low:+.3f} to {found.ci_high:+.3f})"
    )
