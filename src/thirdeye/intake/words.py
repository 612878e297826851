"""Comparing names that people typed: case, accents and punctuation don't count."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence


def plain(text: str) -> str:
    """Lower case without accents; everything but letters and digits becomes a single underscore."""
    decomposed = unicodedata.normalize("NFKD", text.strip())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^\w]+|_+", "_", letters).strip("_")


def tokens(text: str) -> tuple[str, ...]:
    """The words of a name: ``"NoFinding"``, ``"no_finding"`` and ``"No finding"`` give ("no", "finding")."""
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    separated = re.sub(r"(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])", " ", separated)
    return tuple(word for word in plain(separated).split("_") if word)


def listed(names: Sequence[str], most: int = 6) -> str:
    """Names for a sentence, shortened after `most`: ``"a, b, c and 4 more"``."""
    shown = ", ".join(shown_name(name) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def joined_by_and(parts: Sequence[str]) -> str:
    """All of them in a sentence: ``"a, b and c"``; "" of none."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def shown_name(name: str) -> str:
    """A name that is safe on one line of a terminal: control and undecodable characters are escaped."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in name
    )


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``"1 image"``, ``"1,860 images"``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def duration_in_words(seconds: float) -> str:
    """``"1 second"``, ``"40 seconds"``, ``"3 minutes"``, ``"2.5 hours"``."""
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return counted(round(seconds), "second")
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for tables of words that stay readable."""
    return frozenset(text.split())
