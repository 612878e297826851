"""The report as a structured document that knows nothing of HTML or PDF.

A `Document` is sections of blocks; each renderer walks the same tree. All text is plain text: escaping is
the renderer's duty, and nothing in here is ever treated as markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from thirdeye.report.figures.drawing import Drawing

Tone = Literal["plain", "muted", "strong", "good", "warning", "bad"]


@dataclass(frozen=True)
class Paragraph:
    """Running text. `role`: "lead" opens a section, "small" is an aside, "label" heads a run of blocks."""

    text: str
    role: Literal["body", "lead", "small", "label"] = "body"


@dataclass(frozen=True)
class Bullets:
    """An unordered list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A framed remark; "stop" is one that the reader must not miss."""

    level: Literal["note", "warning", "stop"]
    title: str
    text: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table whose tone or second line carries meaning; `target` is an anchor it leads to."""

    text: str
    tone: Tone = "plain"
    note: str = ""
    target: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether it holds numbers (right-aligned), and its relative width in print."""

    title: str
    numeric: bool = False
    weight: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table; every row has as many cells as there are columns. The first column heads its row.

    `board`: no wider than what stands in it, as on a blackboard, under a heading that is its caption.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    caption: str
    notes: tuple[str, ...] = ()
    board: bool = False


@dataclass(frozen=True)
class Facts:
    """Pairs of a term and what it is."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption; `alt` says in words what can be seen.

    `name` calls its print files; where it is empty the title does.
    """

    drawing: Drawing
    caption: str
    alt: str
    title: str = ""
    name: str = ""


@dataclass(frozen=True)
class FigureRow:
    """Figures side by side where there is room, one under the other where there is not."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class KeyNumber:
    """One number of the summary: label, value, interval, and a clause on what it means."""

    label: str
    value: str
    interval: str
    meaning: str


@dataclass(frozen=True)
class KeyNumbers:
    """The handful of numbers that a reader takes home."""

    items: tuple[KeyNumber, ...]


@dataclass(frozen=True)
class Picture:
    """An example: the image, its heat map where there is one (PNG bytes), and lines of text under it."""

    image: bytes | None
    heat_map: bytes | None
    lines: tuple[str, ...]
    alt: str


@dataclass(frozen=True)
class Gallery:
    """Pictures of one kind under a title; `warning` stands across heat maps that prove nothing.

    `alone` pictures have no heat map and are shown large, in their own shape.
    """

    title: str
    explanation: str
    pictures: tuple[Picture, ...]
    warning: str = ""
    alone: bool = False


@dataclass(frozen=True)
class FormRow:
    """One field of a form. `state`: "filled", "partly" or "open" (a person has to write it).

    `where` names the sections that hold more: pairs of anchor and title.
    """

    field: str
    asked: str
    text: str
    state: Literal["filled", "partly", "open"]
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Form:
    """Fields to be filled, with those left to a person visibly open."""

    rows: tuple[FormRow, ...]
    caption: str


@dataclass(frozen=True)
class Verbatim:
    """Text to be copied as it is: a citation, a command."""

    text: str


@dataclass(frozen=True)
class Verdict:
    """The answer in one sentence, with what follows from it."""

    level: Literal["good", "warning", "stop"]
    sentence: str
    text: str = ""


@dataclass(frozen=True)
class Tile:
    """A small picture with its name. `image`: JPEG or PNG bytes; where there is none, `missing` says why."""

    image: bytes | None
    name: str
    lines: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class TileGroup:
    """Tiles that belong side by side; `title` says what they share and in what they differ."""

    tiles: tuple[Tile, ...]
    title: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Sheet:
    """Groups of tiles. `more` says what is not shown; `names` unfolds to every name.

    `large` shows the pictures in their own shape and size.
    """

    groups: tuple[TileGroup, ...]
    title: str = ""
    more: str = ""
    names: tuple[str, ...] = ()
    large: bool = False


@dataclass(frozen=True)
class Charge:
    """One finding of a check: what it says, what proves it, what to do, and where the rule comes from.

    `anchor` is unique in the document where it is not empty.
    """

    severity: Literal["error", "warning", "info"]
    title: str
    message: str
    remedy: str
    source: str
    check: str
    blocks: tuple[Block, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Fold:
    """Detail for those who want it: a page opens it on request, print shows it under its title."""

    title: str
    blocks: tuple[Block, ...]


Block = (
    Paragraph
    | Bullets
    | Notice
    | Table
    | Facts
    | Figure
    | FigureRow
    | KeyNumbers
    | Gallery
    | Form
    | Verbatim
    | Verdict
    | Sheet
    | Charge
    | Fold
)


@dataclass(frozen=True)
class Section:
    """A titled run of blocks; `anchor` is unique in the document.

    Neighbours of one `group` stand under one heading in the contents.
    """

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    group: str = ""


@dataclass(frozen=True)
class Document:
    """The whole report.

    Args:
        title: the question that was asked.
        subtitle: what data, how many, when.
        notice: the research-use notice, shown on every page.
        sections: in reading order; the first is the summary.
        imprint: one line on what made it.
        kind: what sort of report it is.
    """

    title: str
    subtitle: str
    notice: str
    sections: tuple[Section, ...]
    imprint: str
    kind: str = "Third Eye, report of a study"
