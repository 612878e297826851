"""Opinions in a notebook: the card of the page, drawn when a cell shows it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thirdeye.case.shown import paint_with
from thirdeye.case.study import Study
from thirdeye.case.study_names import names_of
from thirdeye.errors import ThirdEyeError

if TYPE_CHECKING:
    from thirdeye.case.opinion import Opinion
    from thirdeye.explanation.opinion_pictures import Pictures
    from thirdeye.inference.located import Drawn


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
    from thirdeye.explanation.overlay import png_bytes
    from thirdeye.explanation.past_pictures import past_pictures
    from thirdeye.inference.located_text import is_located
    from thirdeye.inference.named import named
    from thirdeye.inference.opinion_html import notebook, page_case, page_located

    called = named(opinion, names_of(Study(study), manifest.classes))
    if is_located(opinion):
        drawn = _drawn(study, opinion)
        picture = None if drawn is None else png_bytes(drawn.pixels)
        return notebook(called, page_located(called, picture=picture, caption=drawn.caption if drawn else ""))
    pictures = _pictures(manifest, opinion)
    body = page_case(
        called, picture=pictures.plain if pictures else None, overlay=pictures.overlay if pictures else None,
        ramp=ramp_colours(), thumbnails=past_pictures(study, manifest).of(called),
    )  # fmt: skip
    return notebook(called, body)


def _pictures(manifest: Any, opinion: Opinion) -> Pictures | None:
    """Of the file that the opinion is about, where it is still there."""
    from thirdeye.case.image import Image
    from thirdeye.explanation.opinion_pictures import pictures_of
    from thirdeye.inference.second_opinion import Reading
    from thirdeye.intake.decode import decoded

    (image,) = decoded([Path(opinion.source)])
    return pictures_of(Reading(opinion, image), manifest) if isinstance(image, Image) else None


def _drawn(study: Path, opinion: Opinion) -> Drawn | None:
    """What was found, drawn on its image.

    The file is read again, as opinions keep no pixels; None where it, or the reader, is no longer the same.
    """
    from thirdeye.inference.readers import open_located
    from thirdeye.inference.second_opinion import Failure

    try:
        found = list(open_located(study).read_many(_files(opinion.source)))
    except ThirdEyeError:
        return None
    one = found[0] if len(found) == 1 else None
    if one is None or isinstance(one, Failure) or not _alike(one.opinion, opinion):
        return None
    return one.picture()


def _files(source: str) -> list[Path]:
    """The files that a source names: of several, the others lie beside the first (`Joined.source`)."""
    if Path(source).exists():
        return [Path(source)]
    first, *others = source.split(" + ")
    return [Path(first), *(Path(first).parent / name for name in others)]


def _alike(one: Opinion, other: Opinion) -> bool:
    """Whether two opinions are by one network, and name the same things."""

    def named(opinion: Opinion) -> tuple[object, ...]:
        regions = [region.structure for region in opinion.regions]
        boxes, points = [box.name for box in opinion.boxes], [point.name for point in opinion.landmarks]
        return opinion.model.get("sha256"), opinion.abstained, regions, boxes, points

    return named(one) == named(other)
