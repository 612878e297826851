"""An opinion on one sheet: as a picture for a secondary capture, and as a document for an archive.

Nothing on it names the patient, the file, or another patient's case: it is filed in the examination itself.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from thirdeye.case.opinion import RESEARCH_USE, Opinion
from thirdeye.inference.located_text import is_located, located_lines
from thirdeye.inference.opine import ABOUT_HEAT_MAPS
from thirdeye.inference.opinion_text import probability_lines, weighing_lines
from thirdeye.inference.reader_words import identity_line, identity_pairs, overall_pairs
from thirdeye.inference.wording import readable
from thirdeye.report.document import Block, Bullets, Document, Facts, Gallery, Paragraph, Picture, Section
from thirdeye.report.pdf import render_pdf

TITLE = "Second opinion of a machine"
_WIDTH = 1000  # px
_TALLEST = 900  # px of the picture
_MARGIN, _LINE, _LETTERS = 28, 27, 104
_PAPER, _INK, _SOFT = (20, 20, 20), (238, 238, 238), (170, 170, 170)


def opinion_sentences(opinion: Opinion) -> list[str]:
    """What the opinion says of this case, a sentence each; similar past cases and file names are left out.

    Args:
        opinion: of whatever task.
    """
    alone = replace(opinion, source="", similar=(), fused=None)
    said = [] if opinion.abstained is None else [f"No opinion: {readable(opinion.abstained)}"]
    if opinion.abstained is None and is_located(opinion):
        said += located_lines(alone)
    if opinion.abstained is None and opinion.probabilities:
        said += [*probability_lines(alone), *weighing_lines(alone)]
    said += [f"Note: {readable(one)}" for one in opinion.warnings if one not in ABOUT_HEAT_MAPS]
    return [one.strip() for one in said]


def opinion_picture(opinion: Opinion, picture_png: bytes | None, *, decision: Sequence[str] = ()) -> bytes:
    """A PNG of the picture with what was said below it.

    Args:
        opinion: of the machine.
        picture_png: the image, with what was marked; None: words alone.
        decision: sentences on what the doctor decided.
    """
    shown = None if picture_png is None else _fitted(picture_png)
    lines = [(TITLE, _INK), *_wrapped(opinion_sentences(opinion), _INK)]
    if decision:
        lines += [("", _INK), ("The doctor's decision", _INK), *_wrapped(decision, _INK)]
    lines += [("", _SOFT), *_wrapped([f"Reader: {identity_line(opinion)}"], _SOFT)]
    top = 0 if shown is None else shown.height + _MARGIN
    sheet = PIL.Image.new("RGB", (_WIDTH, top + 2 * _MARGIN + _LINE * len(lines)), _PAPER)
    if shown is not None:
        sheet.paste(shown, ((_WIDTH - shown.width) // 2, _MARGIN))
    _write(sheet, lines, top + _MARGIN)
    stream = io.BytesIO()
    sheet.save(stream, "PNG", compress_level=3)
    return stream.getvalue()


def opinion_pdf(opinion: Opinion, picture_png: bytes | None, *, decision: Sequence[str] = ()) -> bytes:
    """The same as a PDF, with what the model was measured at and not validated on.

    Args:
        opinion, picture_png, decision: as of `opinion_picture`.
    """
    said: list[Block] = [Bullets(tuple(opinion_sentences(opinion)) or ("Nothing was found.",))]
    if picture_png is not None:
        image = Picture(picture_png, None, (), "the image with what was marked")
        said.append(Gallery("The image", "", (image,), alone=True))
    sections = [Section("opinion", "What it says", tuple(said))]
    if decision:
        sections.append(Section("decision", "The doctor's decision", (Bullets(tuple(decision)),)))
    facts = (*identity_pairs(opinion), *overall_pairs(opinion))
    about: list[Block] = [Facts(tuple((readable(what), readable(told)) for what, told in facts))]
    if opinion.unvalidated:
        about += [Paragraph("Not validated on:"), Bullets(tuple(map(readable, opinion.unvalidated)))]
    sections.append(Section("reader", "Which reader said it", tuple(about)))
    return render_pdf(
        Document(
            title=TITLE,
            subtitle="One examination; it is filed with its images",
            notice=RESEARCH_USE,
            sections=tuple(sections),
            imprint="Made by Third Eye.",
            kind="Third Eye, second opinion",
        )
    )


def _fitted(picture_png: bytes) -> PIL.Image.Image:
    """The picture, made larger or smaller to be seen well."""
    with PIL.Image.open(io.BytesIO(picture_png)) as opened:
        picture = opened.convert("RGB")
    scale = min((_WIDTH - 2 * _MARGIN) / picture.width, _TALLEST / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, PIL.Image.Resampling.BICUBIC if scale < 4 else PIL.Image.Resampling.NEAREST)


def _wrapped(
    sentences: Sequence[str], colour: tuple[int, int, int]
) -> list[tuple[str, tuple[int, int, int]]]:
    return [
        (line, colour)
        for sentence in sentences
        for line in textwrap.wrap(sentence, _LETTERS, initial_indent="\u2022 ", subsequent_indent="   ")
    ]


def _write(sheet: PIL.Image.Image, lines: Sequence[tuple[str, tuple[int, int, int]]], top: int) -> None:
    import matplotlib

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    plain = PIL.ImageFont.truetype(fonts / "DejaVuSans.ttf", 17)
    strong = PIL.ImageFont.truetype(fonts / "DejaVuSans-Bold.ttf", 20)
    pen = PIL.ImageDraw.Draw(sheet)
    for number, (line, colour) in enumerate(lines):
        is_title = line in (TITLE, "The doctor's decision")
        pen.text((_MARGIN, top + number * _LINE), line, fill=colour, font=strong if is_title else plain)
