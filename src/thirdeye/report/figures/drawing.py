"""From a matplotlib figure to a drawing that a page (SVG) and a print (PNG) can both use."""

from __future__ import annotations

import hashlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial, wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from thirdeye.report.clean import clean
from thirdeye.report.figures.palette import CSS_VARIABLES, INK, MUTED, RULE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
PANEL_IN = 4.2  # width of a figure that stands beside another
WIDE_IN = 8.6  # width of a figure that has the page to itself
PRINT_DPI = 200
ASIAN_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Source Han Sans SC", "Droid Sans Fallback",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "Hiragino Sans", "Yu Gothic", "Malgun Gothic",
    "Apple SD Gothic Neo", "Arial Unicode MS",
)  # fmt: skip

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.labelsize": 8.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "text.color": INK,
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.6,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "thirdeye",
}


@dataclass(frozen=True)
class Drawing:
    """A finished figure.

    Args:
        svg: an ``<svg>`` element to be put into a page; colours are CSS variables with light fall-backs.
        png: the same on white at 200 dots an inch.
        width_in, height_in: its size in inches.
        build: makes the figure anew, for renderings of another size (print).
    """

    svg: str
    png: bytes
    width_in: float
    height_in: float
    build: Callable[[], Figure] | None = field(default=None, compare=False, repr=False)


def drawn(build: Callable[P, Figure]) -> Callable[P, Drawing]:
    """Decorator: a function that builds a figure becomes one that returns a `Drawing` in the house style."""

    @wraps(build)
    def draw(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        import matplotlib

        with matplotlib.rc_context({**STYLE, "font.family": families()}), quiet_fonts():
            figure = build(*args, **kwargs)
            _lay_out_once(figure)
            width, height = map(float, figure.get_size_inches())
            return Drawing(_svg(figure), _png(figure), width, height, partial(build, *args, **kwargs))

    return draw


def svg_alone(draw: Callable[..., Drawing], *args: Any, **kwargs: Any) -> str:
    """The SVG of a figure that nobody prints: half the work of a `Drawing`.

    Args:
        draw: a function that `drawn` made.
        args, kwargs: of the figure.
    """
    import matplotlib

    build: Callable[..., Figure] = draw.__wrapped__  # type: ignore[attr-defined]
    with matplotlib.rc_context({**STYLE, "font.family": families()}), quiet_fonts():
        figure = build(*args, **kwargs)
        _lay_out_once(figure)
        return _svg(figure)


@contextmanager
def quiet_fonts() -> Iterator[None]:
    """No word about letters that no font has (the page still shows them), nor about a missing bold."""
    logger = logging.getLogger("matplotlib.font_manager")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        logger.setLevel(level)


@cache
def families() -> tuple[str, ...]:
    """The bundled font, then those of this machine that have the letters of Asia, if there are any."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    return ("DejaVu Sans", *(name for name in ASIAN_FONTS if name in installed))


def new_figure(width_in: float, height_in: float, *, bare: bool = False) -> Figure:
    """An empty figure that belongs to no global state; `bare` ones place their axes themselves."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout=None if bare else "constrained")
    FigureCanvasAgg(figure)
    return figure


def unit_square(axes: Axes, *, x: str, y: str) -> None:
    """Both axes from 0 to 1 with a light grid, as ROC, precision-recall and reliability are drawn."""
    axes.set(xlim=(-0.015, 1.015), ylim=(-0.015, 1.015), xlabel=x, ylabel=y, aspect="equal")
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid(True)


def _lay_out_once(figure: Figure) -> None:
    """Layout costs more than drawing; both renderings share one."""
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PRINT_DPI, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    return _for_page(buffer.getvalue())


def _for_page(svg: str) -> str:
    """Only what a page needs: no header or page-wide style, own identifiers, colours by variable."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<svg[^>]*?(viewBox="[^"]*")[^>]*>', _opening, svg, count=1)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r"font-family: [^;\"]*", "font-family: var(--figure-font, sans-serif)", svg)
    own = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = re.sub(r'( id="| xlink:href="#|url\(#)', rf"\g<1>{'f' + own}-", svg)
    for colour, variable in CSS_VARIABLES.items():
        svg = svg.replace(colour, f"var({variable}, {colour})")
    return re.sub(r"\n\s*", "\n", svg).strip()


def _opening(match: re.Match[str]) -> str:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {namespaces} {match.group(1)}>"


def label(text: object) -> str:
    """A text from outside, fit for a figure."""
    return clean(str(text))
