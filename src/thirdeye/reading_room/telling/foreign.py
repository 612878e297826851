"""Sentences that a reader says, said for a patient's ears, in each language, where their pattern is known.

The patterns lie in ``foreign_LANGUAGE.json``: pairs of a regular expression, which fits a whole sentence, and
its translation, in which ``{g1}`` is the first thing captured, ``{s1}`` the same with its small words turned.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

_LONGEST = 2_000  # characters; nothing that a reader says is longer


Pairs = tuple[tuple[re.Pattern[str], str], ...]


@cache
def _patterns(language: str) -> tuple[Pairs, Pairs]:
    file = files("thirdeye.reading_room.telling") / f"foreign_{language}.json"
    if not file.is_file():
        return (), ()
    form = json.loads(file.read_text(encoding="utf-8"))
    sentences = tuple((re.compile(pattern), said) for pattern, said in form["sentences"])
    words = tuple((re.compile(rf"\b{pattern}\b"), said) for pattern, said in form["words"])
    return sentences, words


def foreign(sentence: str, language: str) -> str | None:
    """A sentence of the reader in a language; None where its pattern is not known.

    Args:
        sentence: in English.
        language: in which it is wanted; English sentences without a pattern stay as they are.
    """
    kept = sentence if language == "en" else None
    if len(sentence) > _LONGEST:
        return kept
    sentences, _ = _patterns(language)
    for pattern, said in sentences:
        if found := pattern.fullmatch(sentence):
            captured = {f"g{place}": text or "" for place, text in enumerate(found.groups(), 1)}
            turned = {f"s{name[1:]}": _small(text, language) for name, text in captured.items()}
            return said.format(**captured, **turned)
    return kept


def _small(text: str, language: str) -> str:
    for pattern, said in _patterns(language)[1]:
        text = pattern.sub(said, text)
    return text
