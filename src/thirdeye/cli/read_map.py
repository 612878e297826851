"""Heat maps of another method than the one that comes out of the pass, for ``thirdeye read``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

map_option = click.option(
    "--map",
    "method",
    metavar="METHOD",
    help="With --html or --out: draw heat maps by this method (cam, grad_cam, integrated_gradients, "
    "occlusion, rise, saliency), even if it failed its exam, instead of by the one that did best.",
)


def redrawn(reader: Any, study: Path, method: str | None, *, pictures: bool) -> Callable[[Any], Any]:
    """A function that puts the wanted heat map into a reading.

    Args:
        reader: of the study, of whatever task.
        study: its folder.
        method: that was asked for; None: the one that the study's exam chose.
        pictures: whether any will be drawn; maps that take passes of their own are made only then.

    Raises:
        UsageError: there is no such method, nothing is drawn, or the reader has no heat maps.
        MissingExtra: the method needs torch, which is not installed.
    """
    from thirdeye.inference.heat_map import METHOD
    from thirdeye.inference.second_opinion import Reading, SecondReader

    whole = isinstance(reader, SecondReader)
    if method is not None and not (pictures and whole):
        needed = "--html or --out" if whole else "a reader that sorts whole images"
        raise click.UsageError(f"--map needs {needed}")
    chosen = method or (str(reader.manifest.sanity.get("method") or METHOD) if whole else METHOD)
    if not pictures or chosen == METHOD:
        return lambda one: one
    from thirdeye.case.study import Study
    from thirdeye.explanation.mapped import Mapper

    mapper = Mapper.of(Study(study), reader, chosen)
    return lambda one: mapper.over(one) if isinstance(one, Reading) else one
