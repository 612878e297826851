"""Several images of one case: which view each shows, by the names of files and folders."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from thirdeye.intake.words import plain, word_set

_VIEWS = {
    "axial": "axial ax axi transversal transverse tra",
    "coronal": "coronal cor coro",
    "sagittal": "sagittal sag sagi",
    "frontal": "frontal front pa ap anteroposterior posteroanterior",
    "lateral": "lateral lat side",
    "oblique": "oblique obl",
    "CC": "cc lcc rcc craniocaudal",
    "MLO": "mlo lmlo rmlo mediolateral",
    "ML": "ml lml rml lm",
    "T1": "t1 t1w t1n", "T1 with contrast": "t1c t1ce t1gd t1post", "T2": "t2 t2w", "FLAIR": "flair t2f",
    "DWI": "dwi", "ADC": "adc",
    "macula": "macula", "disc": "disc optic_disc",
}  # fmt: skip
_EXACT = word_set("pa ap")  # kept as they are: the beam's direction matters
_SIDES = {"left": "L", "l": "L", "lcc": "L", "lmlo": "L", "lml": "L", "os": "L",
          "right": "R", "r": "R", "rcc": "R", "rmlo": "R", "rml": "R", "od": "R"}  # fmt: skip
_MEANS = {word: view for view, words in _VIEWS.items() for word in words.split()}
_SHORT = word_set("l r os od ml lm ax front side")  # too short to be believed without a second image
_LEAST_SHARE = 0.5


@dataclass(frozen=True)
class Viewed:
    """One image by its name.

    Args:
        key: path without what names the view or the side: the same for the images of one case.
        view: "axial", "PA", "MLO", or "" where the name says none.
        laterality: "L", "R" or "".
    """

    key: str
    view: str
    laterality: str


def view_of(reference: str) -> Viewed:
    """What the folders and the name of an image say."""
    *folders, last = reference.split("/")
    stem = last.rpartition(".")[0] or last
    kept, view, side = [], "", ""
    for part in (*folders, stem):
        words = [word for word in re.split(r"[^A-Za-z0-9]+", part) if word]
        rest = []
        for word in words:
            low = word.lower()
            if low in _MEANS or low in _SIDES:
                view = (low.upper() if low in _EXACT else _MEANS.get(low, "")) or view
                side = _SIDES.get(low, "") or side
            else:
                rest.append(low)
        kept.append("_".join(rest))
    return Viewed("/".join(kept), view, side)


def group_views(references: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[Viewed]] | None:
    """The case of each image, and its view; None where names don't tell of several images of a case.

    Images of one key are one case when their views differ; where the two sides of a pair have different
    labels anywhere, each side is a case of its own.
    """
    viewed = [view_of(reference) for reference in references]
    groups: dict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(viewed):
        if (one.view or one.laterality) and plain(one.key):
            groups[one.key].append(position)
    several = {key: held for key, held in groups.items() if len(held) > 1}
    covered = sum(map(len, several.values()))
    if covered < _LEAST_SHARE * len(references):
        return None
    by_side = any(len({labels[i] for i in held}) > 1 for held in several.values())
    cases = list(references)
    for key, held in several.items():
        shown = Counter((viewed[i].view, viewed[i].laterality) for i in held)
        if max(shown.values()) > 1 or not all(map(any, shown)):
            return None  # two images of one view: the name says something else
        for i in held:
            cases[i] = f"{key}/{viewed[i].laterality}" if by_side and viewed[i].laterality else key
    if by_side and _disagree(cases, labels):
        return None
    return cases, viewed


def _disagree(cases: Sequence[str], labels: Sequence[str]) -> bool:
    held: dict[str, set[str]] = defaultdict(set)
    for case, label in zip(cases, labels, strict=True):
        held[case].add(label)
    return any(len(found) > 1 for found in held.values())
