"""Class names within the sentences on what a reader has not been validated on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

# Where such a sentence holds names of classes; `thirdeye.journey.validated.unvalidated` writes them.
_PLACES = (
    re.compile(r"(?<=^Conditions other than ).+(?=: whatever a case has)"),
    re.compile(r"(?<=^Findings other than ).+(?=: it )"),
    re.compile(r"(?:(?<= cases in the test part: )|(?<=\), )|(?<=\) and ))[^()]+(?= \(\d+\))"),
    re.compile(r"(?<=^Places where ).+(?= is much rarer or more common than here )"),
)


def with_names(sentence: str, classes: Iterable[str], say: Callable[[str], str]) -> str:
    """A sentence on what was not validated, with each class called by its name.

    Args:
        sentence: as the study keeps it; one without names of classes comes back as it is.
        classes: that may stand in it.
        say: class to its name.
    """
    longest_first = sorted(filter(None, classes), key=lambda name: (-len(name), name))
    if not longest_first:
        return sentence
    one = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)(?! more$)")

    def renamed(found: re.Match[str]) -> str:
        return one.sub(lambda name: say(name[0]), found[0])

    for place in _PLACES:
        sentence = place.sub(renamed, sentence)
    return sentence
