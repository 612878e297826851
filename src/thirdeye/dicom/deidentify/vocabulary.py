"""The words that a cleaned description may keep: what is not known to be harmless goes."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from thirdeye.dicom.deidentify.identifiers import Identifiers

_WORD = re.compile(r"\d+[.,]\d+|[^\W_]+|[+\-/%.,;:()]")
_PARTS = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+")
_PART_OF_CONCEPT = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DATE_OR_TIME = re.compile(r"\d{1,4}[./\-:]\d{1,2}(?:[./\-:]\d{1,4})?")
_MOST_DIGITS = 3
_SHORTEST = 3
_SERIES = "series_words.txt"  # words of protocols and series that the standard's concepts don't hold


def clean_text(text: str, persons: Identifiers) -> str:
    """What may stay of a description: known words, short numbers and punctuation, in their order.

    Args:
        text: of one value.
        persons: whose names are dropped even where they are also words ("Hand", "Long").
    """
    kept = [part for part in _WORD.findall(_DATE_OR_TIME.sub(" ", text)) if _may_stay(part, persons)]
    cleaned = " ".join(kept).strip(" +-/%.,;:()")
    return "" if persons.within(cleaned) else cleaned


def _may_stay(word: str, persons: Identifiers) -> bool:
    """Whether a word is known, or made of known words and short numbers ("5mm")."""
    low = word.casefold()
    if not low[0].isalnum() or (low in _words() and low not in persons.names):
        return True
    return all(_part_may_stay(part, persons) for part in _PARTS.findall(low))


def _part_may_stay(part: str, persons: Identifiers) -> bool:
    if part[0].isdigit():
        return sum(digit.isdigit() for digit in part) <= _MOST_DIGITS
    return part not in persons.names and part in _words()


@cache
def _words() -> frozenset[str]:
    """Words of the codes that pydicom holds (DCM, SNOMED CT of PS3.16, UCUM), and of `_SERIES`."""
    from pydicom.sr._concepts_dict import concepts

    parts = {
        word.casefold()
        for scheme in concepts.values()
        for keyword in scheme
        for word in _PART_OF_CONCEPT.findall(keyword)
    }
    series = (
        resources.files("thirdeye.dicom.deidentify").joinpath("data", _SERIES).read_text(encoding="utf-8")
    )
    return frozenset({word for word in parts if len(word) >= _SHORTEST} | set(series.split()))
