"""Text from outside made fit to be shown: no control characters, no hidden direction changes."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_LINE_BREAKS = {"\n": "↵", "\r": "↵", "\t": " ", "\u2028": "↵", "\u2029": "↵"}


def clean(text: str) -> str:
    """`text` with every line break shown as ``↵`` and every other control or direction mark as ``�``.

    Two different names stay different; what can't be seen becomes visible instead of vanishing. Escaping
    for a format (HTML, PDF) is left to that format's writer.
    """
    return "".join(_LINE_BREAKS.get(character) or _visible(character) for character in text)


def clean_tree(value: Any) -> Any:
    """`clean` applied to every string (keys too) of a JSON-like tree."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): clean_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_tree(item) for item in value]
    return value


def shorten(text: str, longest: int) -> str:
    """`text` cut to `longest` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def typeset(sentence: str) -> str:
    """A sentence of another room as the report writes it: ``95%``, a true minus sign, ``±``."""
    closed = re.sub(r"(?<=\d) %", "%", sentence).replace("+-", "±")
    return re.sub(r"(?<![\w.,-])-(?=\d)", "−", closed)


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    return "�" if category in ("Cc", "Cf", "Cs", "Co", "Cn") and character != "\u00ad" else character
