"""Words of the screens: the same in both languages, and none that nothing says."""

from __future__ import annotations

import re
import string
from pathlib import Path

import thirdeye.reading_room
from thirdeye.reading_room.web.words import chosen, words

ROOM = Path(thirdeye.reading_room.__file__).parent
SOURCES = (ROOM, ROOM.parent / "journey", ROOM.parent / "cli")


COMPOSED = ("told.signed_",)  # by `telling/statement.py`, from how a case was read and what was decided


def quoted() -> tuple[set[str], set[str]]:
    """What stands between quotes in everything that could say a word: as a whole, and up to a gap."""
    found = (one for folder in SOURCES for one in folder.rglob("*") if one.suffix in (".py", ".html", ".js"))
    text = "\n".join(one.read_text(encoding="utf-8") for one in found if "vendor" not in one.parts)
    return set(re.findall(r"""["']([\w.]+)["']""", text)), set(re.findall(r"""\b(\w+_)["'`{$]""", text))


def is_said(key: str, whole: set[str], begun: set[str]) -> bool:
    """Whether a key, its name after the screen, its form for many, or its beginning is in the source."""
    name = key.partition(".")[2]
    forms = {key, name, name.removesuffix("_one"), name.removesuffix("s")}
    starts = {name[: one.end()] for one in re.finditer("_", name)}
    return bool(forms & whole or starts & begun) or key.startswith(COMPOSED)


def test_both_languages_have_the_same_words() -> None:
    assert words("en").keys() == words("fr").keys()


def test_both_languages_are_filled_in_alike() -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    differ = [key for key, said in words("en").items() if fields(said) != fields(words("fr")[key])]
    assert not differ


def test_every_word_is_said_somewhere() -> None:
    whole, begun = quoted()
    unsaid = [key for key in words("en") if not is_said(key, whole, begun)]
    assert not unsaid
    assert not is_said("worklist.nothing_of_the_kind", whole, begun)


def test_no_french_word_was_left_in_english() -> None:
    english = re.compile(r"\b(the|is|was|of|and|your|this|reading|opinion)\b", re.IGNORECASE)
    left = {
        key: said for key, said in words("fr").items() if english.search(re.sub(r"«.*?»|{.*?}", "", said))
    }
    assert not {key for key in left if not re.search(r"thirdeye ", left[key])}


def test_the_language_of_a_browser() -> None:
    assert chosen("de-CH, fr-CH;q=0.8, en;q=0.5") == "fr"
    assert chosen("") == "en"
