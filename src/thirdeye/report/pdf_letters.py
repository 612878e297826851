"""Letters of Chinese, Japanese and Korean in the printed report, which the embedded font does not have.

They are set in fonts that the viewer brings (Adobe's standard Asian fonts, or what the machine has in their
place), named in the PDF and not embedded: nothing to install, not a byte more, and the text can be found and
copied. Without them a class called 肺炎 was a row of boxes everywhere.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

_WIDE = re.compile(
    "[\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3130-\u318f\u31c0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]+"
)
_KANA = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"


def register_wide_fonts() -> None:
    """Makes the three fonts known to reportlab; each stands for its own bold and italic."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
        pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)


def marked_up(raw: str) -> str:
    """Plain text as paragraph markup: nothing in it is a tag, and wide letters name their font."""
    font = _font(raw)
    parts, end = [], 0
    for match in _WIDE.finditer(raw):
        parts.append(escape(raw[end : match.start()]))
        parts.append(f'<font name="{font}">{escape(match.group())}</font>')
        end = match.end()
    return "".join([*parts, escape(raw[end:])])


def _font(raw: str) -> str:
    """Of a text as a whole, because ideographs alone do not tell their language."""
    if _KANA.search(raw):
        return JAPANESE
    return KOREAN if _HANGUL.search(raw) else CHINESE
