"""Codes of well-known public sets, and what they stand for; taken only where the whole list fits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from thirdeye.case.names import LANGUAGES, ClassNames


def recognised(classes: Sequence[str]) -> ClassNames | None:
    """Names for the classes of a study that are those of a public set; None where they are not.

    Args:
        classes: of the study; the small and the capital letter are one, the order is none.
    """
    wanted = {name.casefold() for name in classes}
    for one in _lists():
        known = {code.casefold(): said for code, said in one["classes"].items()}
        if wanted == set(known) and len(wanted) == len(classes):
            names = {name: dict(zip(LANGUAGES, known[name.casefold()], strict=True)) for name in classes}
            return ClassNames(names, f"recognised as {one['set']}")
    return None


@cache
def _lists() -> list[dict[str, Any]]:
    text = files("thirdeye.case").joinpath("known_names.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found
