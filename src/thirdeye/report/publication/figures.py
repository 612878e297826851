"""Every figure of the report by name, ready to be printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thirdeye.intake.words import tokens
from thirdeye.report.document import Block, Charge, Document, Figure, FigureRow, Fold

_LONGEST = 48


@dataclass(frozen=True)
class NamedFigure:
    """A figure of the report with the stem of its files."""

    name: str
    figure: Figure
    section: str


def named_figures(document: Document) -> list[NamedFigure]:
    """Figures in reading order; names come from the section and the figure, not from their order.

    Two figures of one name in one section get a number.
    """
    found: list[NamedFigure] = []
    taken: dict[str, int] = {}
    for section in document.sections:
        for figure in _figures(section.blocks):
            name = _name(section.anchor, figure)
            taken[name] = taken.get(name, 0) + 1
            numbered = name if taken[name] == 1 else f"{name}_{taken[name]}"
            found.append(NamedFigure(numbered, figure, section.title))
    return found


def _figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, FigureRow):
            yield from block.figures
        elif isinstance(block, Charge | Fold):
            yield from _figures(block.blocks)


def _name(anchor: str, figure: Figure) -> str:
    """``results_roc_curve``: the section, then the figure's name or title, else how its caption begins."""
    said = (
        figure.name
        or figure.title
        or " ".join(figure.caption.split(":")[0].split(",")[0].split(".")[0].split()[:5])
    )
    words = [word for word in (*anchor.split("-"), *tokens(said)) if word.isascii()]
    return "_".join(words)[:_LONGEST].strip("_") or "figure"
