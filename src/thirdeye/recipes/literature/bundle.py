"""Everything that the page of the published evidence shows, put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thirdeye.recipes.literature.counts import counts, networks_used, years_by_region
from thirdeye.recipes.literature.intervals import recomputed
from thirdeye.recipes.literature.lines import clash, line, sources
from thirdeye.recipes.literature.plotted import dots, duels, pairs
from thirdeye.recipes.literature.practice import shares
from thirdeye.recipes.literature.read import contradictions_of, studies
from thirdeye.recipes.literature.study import PublishedStudy
from thirdeye.report.literature.lines import Dot, Literature, Own, Pair


def bundle_of(chosen: Sequence[PublishedStudy], words: str = "") -> Literature:
    """The page's content for some studies; counts are those of all 25, contradictions those of the chosen.

    Args:
        chosen: the studies to show.
        words: how they were chosen; empty for all.
    """
    every = studies()
    return Literature(
        lines=tuple(line(study) for study in chosen),
        years=years_by_region(chosen),
        networks=networks_used(chosen),
        dots=dots(chosen),
        pairs=pairs(chosen),
        duels=duels(chosen),
        counts=counts(every),
        clashes=tuple(clash(one, every) for one in contradictions_of(chosen)),
        recomputed=recomputed(chosen),
        shares=shares(chosen),
        sources=sources(chosen),
        chosen=words,
    )


def with_own(
    literature: Literature,
    own: Own,
    points: Sequence[Pair],
    does: Mapping[str, tuple[bool | None, str]],
    near: Sequence[PublishedStudy] | None = None,
) -> Literature:
    """The same with a study of one's own among them.

    Args:
        literature: the content for all studies.
        own: the study of one's own.
        points: its operating points.
        does: which practices it follows, and why one thinks so.
        near: studies that are drawn strongly; None: those of the same task.
    """
    ids = same_task(own.task) if near is None else [study.id for study in near]
    drawn = dots(studies(), ids)
    if own.auc is not None:
        drawn = (*drawn, Dot(own.name, own.n, *own.auc, group="", own=True))
    return replace(
        literature,
        own=own,
        dots=drawn,
        pairs=(*pairs(studies(), ids), *points),
        shares=shares(studies(), does),
    )


def same_task(task: str) -> list[str]:
    """Ids of the studies that ask for this kind of decision."""
    return [study.id for study in studies() if task in study.tasks]
