"""Fonts, measures and paragraph styles of the printed report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from thirdeye.report.pdf_letters import marked_up, register_wide_fonts

MARGIN = 48.0  # points
WIDTH = 595.27 - 2 * MARGIN

INK = "#1d262f"
MUTED = "#5c6873"
RULE = "#d3d9df"
WASH = "#f3f5f7"
TONES = {
    "plain": INK,
    "muted": MUTED,
    "strong": INK,
    "good": "#2c6a56",
    "warning": "#8a5907",
    "bad": "#b0413e",
}
NOTICE_EDGE = {"note": "#0a6097", "warning": "#96610a", "stop": "#b0413e"}
NOTICE_WASH = {"note": WASH, "warning": "#fcf4e6", "stop": "#fbefee"}
_FONTS = {
    "ThirdEye": "DejaVuSans.ttf",
    "ThirdEye-Bold": "DejaVuSans-Bold.ttf",
    "ThirdEye-Oblique": "DejaVuSans-Oblique.ttf",
    "ThirdEye-BoldOblique": "DejaVuSans-BoldOblique.ttf",
}


def register_fonts() -> None:
    """The DejaVu fonts that come with matplotlib: Latin, Greek, Cyrillic and signs, embedded as subsets."""
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if "ThirdEye" in pdfmetrics.getRegisteredFontNames():
        return
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    bold, oblique, both = "ThirdEye-Bold", "ThirdEye-Oblique", "ThirdEye-BoldOblique"
    pdfmetrics.registerFontFamily("ThirdEye", normal="ThirdEye", bold=bold, italic=oblique, boldItalic=both)
    register_wide_fonts()


def text(raw: str) -> str:
    """Plain text as reportlab's paragraph markup: nothing in it is a tag."""
    return marked_up(raw)


def tinted(raw: str, tone: str) -> str:
    """Plain text in the colour (and weight) of a tone."""
    inner = text(raw)
    if tone not in ("plain", "muted"):
        inner = f"<b>{inner}</b>"
    return f'<font color="{TONES[tone]}">{inner}</font>'


@dataclass(frozen=True)
class Styles:
    """Paragraph styles by use."""

    title: Any
    heading: Any
    label: Any
    lead: Any
    body: Any
    small: Any
    notice: Any
    cell: Any
    cell_right: Any
    head: Any
    head_right: Any
    figure_title: Any
    caption: Any
    value: Any

    @classmethod
    def make(cls) -> Styles:
        """The styles; fonts must be registered."""
        from reportlab.lib.colors import HexColor
        from reportlab.lib.enums import TA_CENTER, TA_RIGHT
        from reportlab.lib.styles import ParagraphStyle

        def style(name: str, size: float, leading: float, **more: Any) -> Any:
            settings: dict[str, Any] = {
                "fontName": "ThirdEye",
                "textColor": HexColor(INK),
                "splitLongWords": 1,
            }
            return ParagraphStyle(name, fontSize=size, leading=leading, **(settings | more))

        bold, muted = {"fontName": "ThirdEye-Bold"}, {"textColor": HexColor(MUTED)}
        return cls(
            title=style("title", 19, 24, spaceBefore=4, spaceAfter=6, **bold),
            heading=style("heading", 13.5, 18, spaceBefore=20, spaceAfter=8, keepWithNext=1, **bold),
            label=style("label", 9.6, 13, spaceBefore=10, spaceAfter=4, keepWithNext=1, **bold),
            lead=style("lead", 11.6, 17, spaceAfter=8),
            body=style("body", 8.8, 13.2, spaceAfter=6),
            small=style("small", 7.6, 11, spaceAfter=4, **muted),
            notice=style(
                "notice",
                7.8,
                11,
                alignment=TA_CENTER,
                borderWidth=0.7,
                borderColor=HexColor(INK),
                borderPadding=5,
            ),
            cell=style("cell", 7.4, 10.2),
            cell_right=style("cell_right", 7.4, 10.2, alignment=TA_RIGHT),
            head=style("head", 7, 9.6, **muted),
            head_right=style("head_right", 7, 9.6, alignment=TA_RIGHT, **muted),
            figure_title=style("figure_title", 8.4, 11, keepWithNext=1, spaceAfter=2, **bold),
            caption=style("caption", 7.2, 10, spaceBefore=3, spaceAfter=8, **muted),
            value=style("value", 15, 19, **bold),
        )
