"""Texts made safe for a DICOM object: nothing that a screen, a parser or a terminal could act on."""

from __future__ import annotations

import re
import unicodedata

SHORT, LONG = 16, 64  # characters of SH and LO (PS3.5 section 6.2)
TEXT = 10_240  # of LT; UT could hold more than anybody reads
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])?")
_REMOVED = ("Cc", "Cf", "Cs", "Co", "Cn")  # control, format (bidi), surrogates, private, unassigned


def safe_text(value: object, *, longest: int = TEXT, lines: bool = False) -> str:
    """A text without NUL, terminal sequences, direction overrides and other invisible letters.

    Args:
        value: anything with a text; None is "".
        longest: characters that are kept.
        lines: keep line breaks.
    """
    plain = _ANSI.sub("", "" if value is None else str(value))
    kept = (one for one in plain if (lines and one == "\n") or unicodedata.category(one) not in _REMOVED)
    return "".join(kept).strip()[:longest].rstrip()


def safe_value(value: object, *, longest: int = LONG) -> str:
    """The same for a value of one line, in which a backslash would begin a second value."""
    return safe_text(value, longest=longest).replace("\\", "/")
