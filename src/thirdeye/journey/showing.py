"""Opinions in a notebook: the card of the page, drawn when a cell shows it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.case.shown import paint_with

if TYPE_CHECKING:
    from thirdeye.case.opinion import Opinion
    from thirdeye.explanation.opinion_pictures import Pictures


def show_in_notebooks(reader: Any, study: Path) -> None:
    """Let opinions of a reader show themselves as HTML.

    Args:
        reader: of whatever task, with its manifest.
        study: its folder.
    """
    from thirdeye.inference.identity import identity

    paint_with(identity(reader.manifest)["sha256"], partial(_painted, reader.manifest, study))


def _painted(manifest: Any, study: Path, opinion: Opinion) -> str:
    from thirdeye.explanation.opinion_pictures import ramp_colours
    from thirdeye.explanation.past_pictures import past_pictures
    from thirdeye.inference.located_text import is_located
    from thirdeye.inference.opinion_html import notebook, page_case, page_located

    if is_located(opinion):
        return notebook(opinion, page_located(opinion, picture=None, caption=""))
    pictures = _pictures(manifest, opinion)
    body = page_case(
        opinion, picture=pictures.plain if pictures else None, overlay=pictures.overlay if pictures else None,
        ramp=ramp_colours(), thumbnails=past_pictures(study, manifest).of(opinion),
    )  # fmt: skip
    return notebook(opinion, body)


def _pictures(manifest: Any, opinion: Opinion) -> Pictures | None:
    """Of the file that the opinion is about, where it is still there."""
    from thirdeye.case.image import Image
    from thirdeye.explanation.opinion_pictures import pictures_of
    from thirdeye.inference.second_opinion import Reading
    from thirdeye.intake.decode import decoded

    (image,) = decoded([Path(opinion.source)])
    return pictures_of(Reading(opinion, image), manifest) if isinstance(image, Image) else None
