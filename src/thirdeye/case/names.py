"""What classes are called before people: a name for each class in each language, beside the class itself.

A class is a key: of the plan, of probabilities, of folders. Its name is for eyes and ears alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from thirdeye.errors import UsageError

NAMES_VERSION = 1
LANGUAGES = ("en", "fr")
LONGEST = 80  # letters of a name

_NONE: Mapping[str, Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class ClassNames:
    """Names of classes by language.

    Args:
        by_class: class to language ("en", "fr") to its name; a class that is not in it is called by itself.
        source: where they come from, in words; "" where nobody gave any.
    """

    by_class: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _NONE)
    source: str = ""

    def of(self, name: str, language: str = "en") -> str:
        """What a class is called: in the language, else in English, else by itself.

        Args:
            name: the class; of several labels joined by ``|`` each is named.
            language: "en" or "fr".
        """
        if name not in self.by_class and "|" in name:
            return "|".join(self.of(one, language) for one in name.split("|"))
        known = self.by_class.get(name, {})
        return known.get(language) or known.get("en") or name

    def changed(self, classes: Iterable[str], language: str = "en") -> dict[str, str]:
        """The classes that are called otherwise than by themselves, with their names."""
        return {name: said for name in classes if (said := self.of(name, language)) != name}

    def classes(self, language: str = "en") -> dict[str, str]:
        """The way back: what a class is called to the class."""
        return {self.of(name, language): name for name in self.by_class}

    def as_json(self) -> dict[str, Any]:
        """JSON-ready form."""
        names = {name: dict(said) for name, said in self.by_class.items()}
        return {"version": NAMES_VERSION, "source": self.source, "names": names}

    @classmethod
    def from_json(cls, form: Any) -> ClassNames:
        """The names that `as_json` wrote.

        Raises:
            UsageError: it is something else, or from a newer version.
        """
        if not isinstance(form, Mapping) or form.get("version") != NAMES_VERSION:
            version = form.get("version") if isinstance(form, Mapping) else None
            raise UsageError(f"names of classes should be of version {NAMES_VERSION}, not {version!r}")
        names, source = form.get("names"), form.get("source")
        if not isinstance(names, Mapping) or not isinstance(source, str):
            raise UsageError(
                "names of classes should hold a source and, under 'names', a name for each class"
            )
        return cls(checked(names), source)


UNNAMED = ClassNames()


def checked(names: Mapping[Any, Any]) -> dict[str, dict[str, str]]:
    """Names that may stand before people.

    Args:
        names: class to its name in English, or to language to name.

    Raises:
        UsageError: a name is none, or too long, or holds what is not shown, or a language is not known.
    """
    return {
        str(name): {language: _name(str(name), language, one) for language, one in _languages(said).items()}
        for name, said in names.items()
    }


def fitting(names: ClassNames, classes: Iterable[str]) -> ClassNames:
    """Names that fit the classes of a study.

    Args:
        names: as a person gave them.
        classes: of the study.

    Raises:
        UsageError: a class is not among those of the study, or two classes would be called alike.
    """
    known = list(classes)
    for name in names.by_class:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else f" ({', '.join(known)})"
            raise UsageError(f"names of classes: '{name}' is no class of this study{hint}")
    return apart(names, known)


def apart(names: ClassNames, classes: Iterable[str]) -> ClassNames:
    """Names by which no two classes are called alike: one's probability would stand for both.

    Raises:
        UsageError: two are.
    """
    known = list(dict.fromkeys(classes))
    for language in LANGUAGES:
        said = Counter(names.of(name, language).casefold() for name in known)
        twice = next((name for name in known if said[names.of(name, language).casefold()] > 1), None)
        if twice is not None:
            raise UsageError(
                f"names of classes: two classes would be called '{names.of(twice, language)}'; "
                "give each a name of its own"
            )
    return names


def _languages(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, Mapping) else {"en": said}


def _name(name: str, language: str, said: Any) -> str:
    if language not in LANGUAGES:
        raise UsageError(
            f"names of classes: '{language}' is no language here; there are {', '.join(LANGUAGES)}"
        )
    text = " ".join(said.split(" ")).strip() if isinstance(said, str) else ""
    if not text or len(text) > LONGEST or "|" in text or not text.isprintable():
        raise UsageError(
            f"names of classes: {said!r} cannot be the name of '{name}'; give 1 to {LONGEST} letters "
            "without line breaks and without '|'"
        )
    return text
