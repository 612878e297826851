"""Names and numbers as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float) -> str:
    """Three significant digits, without an exponent and with separators."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 or value == 0 else f"{value:.2g}"


def readable(name: str) -> str:
    """A file name without anything that a terminal or a reader could take for something else."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return shown.encode("utf-8", "replace").decode("utf-8")


def without_name(source: str, error: str) -> str:
    """An error without the name of its file in front, for a place where the name stands already."""
    for name in (source, source.rpartition("/")[2]):
        if error.startswith(f"{name}: "):
            return error[len(name) + 2 :]
    return error


def percent(value: float) -> str:
    """A share of 0..1 in per cent, never rounded to certainty."""
    if 0 < value < 0.01:
        return "below 1 %"
    if 0.99 < value < 1:
        return "above 99 %"
    return f"{100 * value:.0f} %"


def listed(names: Sequence[str], word: str) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"
