"""A figure at the size that journals print: SVG with outlined letters, PNG at 300 dots an inch."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from thirdeye.report.figures.drawing import STYLE, Drawing, families, quiet_fonts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SINGLE_COLUMN_MM = 88.0
DOUBLE_COLUMN_MM = 178.0
PRINT_DPI = 300
SMALLEST_PT = 7.0
_INCH_MM = 25.4
_WIDE_IN = 5.0  # figures drawn wider than this take both columns
_SIZES = (
    "font.size",
    "axes.titlesize",
    "axes.labelsize",
    "xtick.labelsize",
    "ytick.labelsize",
    "legend.fontsize",
)


@dataclass(frozen=True)
class PrintFigure:
    """A figure for print.

    Args:
        svg: an SVG document of its own; letters are outlines, so that it needs no font.
        png: the same on white at 300 dots an inch.
        width_mm, height_mm: its size on paper.
    """

    svg: bytes
    png: bytes
    width_mm: float
    height_mm: float


def print_figure(drawing: Drawing) -> PrintFigure | None:
    """The drawing again at the width of one or two columns, no letter smaller than 7 points.

    Returns:
        None for a drawing that cannot be made again.
    """
    import matplotlib

    if drawing.build is None:
        return None
    width_mm = DOUBLE_COLUMN_MM if drawing.width_in >= _WIDE_IN else SINGLE_COLUMN_MM
    scale = width_mm / _INCH_MM / drawing.width_in
    smallest = SMALLEST_PT / scale  # in the drawing's own size, which is scaled as a whole afterwards
    sizes = {name: max(STYLE[name], smallest) for name in _SIZES}
    style = {**STYLE, **sizes, "font.family": families(), "svg.fonttype": "path"}
    with matplotlib.rc_context(style), quiet_fonts():
        figure = drawing.build()
        _enlarge(figure, smallest)
        if figure.get_layout_engine() is not None:
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
        png, svg = _png(figure, scale), _svg(figure, scale)
    return PrintFigure(svg, png, width_mm, drawing.height_in * scale * _INCH_MM)


def _enlarge(figure: Figure, smallest: float) -> None:
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_fontsize(max(text.get_fontsize(), smallest))


def _png(figure: Figure, scale: float) -> bytes:
    from PIL import Image

    drawn, flat = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=PRINT_DPI * scale, facecolor="white", metadata={"Software": None})
    with Image.open(drawn) as picture:  # printers refuse transparency
        picture.convert("RGB").save(flat, "PNG", dpi=(PRINT_DPI, PRINT_DPI), optimize=True)
    return flat.getvalue()


def _svg(figure: Figure, scale: float) -> bytes:
    """With its size in millimetres; the viewBox keeps the drawing's own units."""
    buffer = io.StringIO()
    empty = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", facecolor="white", metadata=empty)
    svg = re.sub(r"<!DOCTYPE.*?>\s*|<!--.*?-->\s*", "", buffer.getvalue(), flags=re.DOTALL)
    return re.sub(r"<svg [^>]*>", lambda match: _sized(match.group(0), scale), svg, count=1).encode()


def _sized(opening: str, scale: float) -> str:
    def resized(match: re.Match[str]) -> str:
        points: Any = float(match.group(2))
        return f'{match.group(1)}="{points * scale / 72 * _INCH_MM:.2f}mm"'

    return re.sub(r'\b(width|height)="([\d.]+)pt"', resized, opening)
