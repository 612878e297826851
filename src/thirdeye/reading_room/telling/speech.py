"""How numbers, lists and sentences are said in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from thirdeye.case.names import UNNAMED, ClassNames
from thirdeye.inference.wording import readable
from thirdeye.reading_room.telling.foreign import foreign
from thirdeye.reading_room.web.words import translator

_COMMA = {"fr"}  # languages that write 0,5
_SPACES = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"


def plain(text: str) -> str:
    """Text without anything that could be taken for something else; spaces inside a number stay."""
    return "".join(letter if letter in _SPACES else readable(letter) for letter in text)


@dataclass(frozen=True)
class Speech:
    """Says things in one language; the sentences are in ``words/LANGUAGE/told.json``.

    Args:
        language: one of `thirdeye.reading_room.web.words.LANGUAGES`.
        names: of the classes.
    """

    language: str
    names: ClassNames = UNNAMED

    def name(self, name: str) -> str:
        """What a class is called in this language."""
        return self.names.of(name, self.language)

    def say(self, key: str, **filled: Any) -> str:
        """A sentence; what is filled in is shown as text and nothing else."""
        shown = {name: plain(value) if isinstance(value, str) else value for name, value in filled.items()}
        return translator(self.language)(f"told.{key}", **shown)

    def counted(self, key: str, number: int, **filled: Any) -> str:
        """A sentence about a number of things; ``KEY_one`` is its form for one."""
        return self.say(f"{key}_one" if number in self._single() else key, number=number, **filled)

    def percent(self, share: float) -> str:
        """A share of 0 to 1 in per cent, never rounded to certainty."""
        if 0 < share < 0.01:
            return self.say("below_one")
        if 0.99 < share < 1:
            return self.say("above_99")
        return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"

    def of_hundred(self, share: float) -> str:
        """A share of 0 to 1 as so many of a hundred."""
        if share in (0, 1):
            return self.say("none") if share == 0 else "100"
        if share < 0.005:
            return self.say("fewer_than_one")
        return self.say("more_than_99") if share > 0.995 else f"{100 * share:.0f}"

    def span(self, limits: Sequence[float] | None, *, scale: float = 100) -> str:
        """ " (19 to 44)"; "" without limits."""
        if limits is None or None in limits:
            return ""
        low, high = (self.number(scale * limit, digits=0 if scale == 100 else None) for limit in limits)
        return " " + self.say("span", low=low, high=high)

    def number(self, value: float, *, digits: int | None = None) -> str:
        """A number with three significant digits, or so many after the point, as the language writes it."""
        if digits is None:
            digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
        text = f"{value:,.{digits}f}"
        if self.language in _COMMA:
            text = text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
        return text

    def listed(self, names: Sequence[str], word: str) -> str:
        """ "a, b and c"; `word` is "and" or "or"."""
        shown = [plain(name) for name in names]
        if len(shown) < 2:
            return "".join(shown)
        return f"{', '.join(shown[:-1])} {self.say(word)} {shown[-1]}"

    def quoted(self, name: str) -> str:
        """A name of the study, set apart."""
        return self.say("quoted", name=name)

    def passed_on(self, sentence: str) -> dict[str, str]:
        """A sentence of the reader, which speaks English: in this language where it is known.

        Returns:
            ``text`` and ``lang``, the language that the text is in.
        """
        found = foreign(sentence, self.language)
        return {"text": plain(found or sentence), "lang": self.language if found else "en"}

    def _single(self) -> tuple[int, ...]:
        return (0, 1) if self.language == "fr" else (1,)
