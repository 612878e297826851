"""Whose examination it is, what of, and what is unusual about its images, in somebody's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row

from thirdeye.inference.wording import readable
from thirdeye.reading_room.telling.foreign import foreign
from thirdeye.reading_room.web.words import translator, words

_IDENTITY = ("name", "id", "birth_date", "sex", "accession", "file")
_NAMES = ("name", "id")
_FACTS = ("description", "modality", "body_part", "view", "date")
_DATES = ("birth_date", "date")
_SEXES = ("F", "M", "O")
_SIDES = ("L", "R", "B")


def examination(row: Row[Any], images: Sequence[Row[Any]], language: str) -> dict[str, Any]:
    """What the check shows.

    Args:
        row: of the case.
        images: of it.
        language: "en" or "fr".

    Returns:
        ``identity`` and ``facts``: pairs of a name and what is said; ``named``: whether a patient is;
        ``side``: "" where nobody says; ``images``: how many of which kind; ``remarks``: sentences.
    """
    say = translator(language)
    side = str(row.facts.get("side", ""))
    return {
        "identity": [(say(f"check.{one}"), _said(one, row.identity[one], language)) for one in _IDENTITY
                     if row.identity.get(one)],
        "named": any(row.identity.get(one) for one in _NAMES),
        "facts": [(say(f"check.{one}"), _said(one, row.facts[one], language)) for one in _FACTS
                  if row.facts.get(one)],
        "side": say(f"upload.side_{side}") if side in _SIDES else readable(side),
        "images": _counted(images, language),
        "remarks": remarks(row.warnings, language),
    }  # fmt: skip


def remarks(warnings: Iterable[Any], language: str) -> list[str]:
    """Warnings as sentences: words of ``check.json`` are looked up, sentences of the reader turned over.

    Args:
        warnings: of a case.
        language: "en" or "fr".
    """
    known = words(language)
    found = (known.get(f"check.{one}") or _sentence(str(one), language) for one in warnings)
    return list(dict.fromkeys(one for one in found if one))


def _sentence(said: str, language: str) -> str:
    turned = foreign(said, language)
    if turned is None:
        return translator(language)("check.in_english", said=readable(said))
    plain = readable(turned)
    return plain[:1].upper() + plain[1:] + ("" if plain.endswith((".", "!", "?")) else ".")


def _said(name: str, value: Any, language: str) -> str:
    text = readable(str(value))
    if name in _DATES and len(text) == 8 and text.isdecimal():
        year, month, day = text[:4], text[4:6], text[6:]
        return f"{day}/{month}/{year}" if language == "fr" else f"{year}-{month}-{day}"
    if name == "sex" and text in _SEXES:
        return translator(language)(f"check.sex_{text}")
    return text.replace("^", " ").strip() if name == "name" else text


def _counted(images: Sequence[Row[Any]], language: str) -> str:
    say = translator(language)
    series: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for one in images:
        if "slice" in one.facts:
            name = str(one.facts.get("series", ""))
            series[name] = series.get(name, 0) + 1
        else:
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
    told = [say("check.series", n=count) for count in series.values()]
    told += [say(f"check.{kind}{'' if count == 1 else 's'}", n=count) for kind, count in kinds.items()]
    return ", ".join(told)
