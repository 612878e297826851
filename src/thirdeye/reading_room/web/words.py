"""The words of the screens in two languages, one file per screen: ``words/en/worklist.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "fr")


@cache
def words(language: str) -> dict[str, str]:
    """All words of a language: "worklist.title" to its text.

    Args:
        language: one of `LANGUAGES`.
    """
    found: dict[str, str] = {}
    for file in sorted(
        (files("thirdeye.reading_room") / "words" / language).iterdir(), key=lambda one: one.name
    ):
        if file.name.endswith(".json"):
            screen = file.name.removesuffix(".json")
            form = json.loads(file.read_text(encoding="utf-8"))
            found |= {f"{screen}.{name}": text for name, text in form.items()}
    return found


def translator(language: str) -> Callable[..., str]:
    """A function from a key, and what is filled in, to a sentence.

    Args:
        language: one of `LANGUAGES`.
    """
    known = words(language)

    def say(key: str, **filled: Any) -> str:
        return known[key].format(**filled) if filled else known[key]

    return say


def chosen(accepted: str) -> str:
    """The language for a header Accept-Language."""
    for wanted in accepted.lower().split(","):
        code = wanted.strip()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
