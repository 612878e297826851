"""Whose class is whose: the names in external data and those that the reader knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thirdeye.errors import DataRefused, UsageError
from thirdeye.intake.words import listed, plain


@dataclass(frozen=True)
class ClassMatch:
    """Names matched.

    Args:
        known: class of the external data to class of the reader.
        extra: classes of the external data that the reader does not know.
        missing: classes of the reader of which the external data have none.
    """

    known: Mapping[str, str]
    extra: tuple[str, ...]
    missing: tuple[str, ...]

    def sentences(self) -> list[str]:
        """What a person should know about it."""
        renamed = [f"'{theirs}' counts as '{ours}'" for theirs, ours in self.known.items() if theirs != ours]
        said = [f"Classes: {listed(renamed, 14)}."] if renamed else []
        if self.extra:
            said.append(f"Left out, since the reader does not know them: {listed(self.extra, 14)}.")
        if self.missing:
            said.append(
                f"The data have no case of {listed(self.missing, 14)}: what needs such cases is undefined."
            )
        return said


def match_classes(
    found: Sequence[str],
    classes: Sequence[str],
    *,
    mapping: Mapping[str, Sequence[str]] | None = None,
    positive: tuple[str, str] | None = None,
) -> ClassMatch:
    """Match names that differ in case, accents and punctuation alone; others only as the user says.

    Args:
        found: classes of the external data.
        classes: of the reader.
        mapping: class of the reader to those of the data that mean it.
        positive: the reader's positive class and the data's, where the user named the latter (two classes).

    Raises:
        UsageError: the mapping names a class that does not exist, or one twice.
        DataRefused: names are left on both sides that may mean the same; both sides are listed.
    """
    known = _as_said(found, classes, mapping or {}, positive)
    spelled = {plain(name) or name: name for name in classes}
    for name in found:
        if name not in known and (plain(name) or name) in spelled:
            known[name] = spelled[plain(name) or name]
    extra = tuple(name for name in found if name not in known)
    missing = tuple(name for name in classes if name not in known.values())
    if not known or (extra and missing and not mapping):
        raise DataRefused(_both_sides(found, classes, extra, missing))
    return ClassMatch({name: known[name] for name in found if name in known}, extra, missing)


def _as_said(
    found: Sequence[str],
    classes: Sequence[str],
    mapping: Mapping[str, Sequence[str]],
    positive: tuple[str, str] | None,
) -> dict[str, str]:
    known: dict[str, str] = {}
    for said, names in mapping.items():
        ours = _named(said, classes, "the reader")
        for name in names:
            theirs = _named(name, found, "the data")
            if known.setdefault(theirs, ours) != ours:
                raise UsageError(f"--map gives '{theirs}' two meanings: {known[theirs]} and {ours}")
    if positive is not None:
        ours, said = positive
        theirs = _named(said, found, "the data")
        if known.setdefault(theirs, ours) != ours:
            raise UsageError(f"--positive says that '{theirs}' is '{ours}', --map says '{known[theirs]}'")
        others = [name for name in found if name != theirs]
        if len(others) == 1:
            known.setdefault(others[0], next(name for name in classes if name != ours))
    return known


def _named(said: str, names: Sequence[str], whose: str) -> str:
    """The name itself, or the one of the same spelling."""
    if said in names:
        return said
    alike = [name for name in names if plain(name) == plain(said)]
    if len(alike) != 1:
        raise UsageError(f"{whose} has no class '{said}'; its classes are {listed(tuple(names), 20)}")
    return alike[0]


def _both_sides(
    found: Sequence[str], classes: Sequence[str], extra: Sequence[str], missing: Sequence[str]
) -> str:
    ours = missing[0] if missing else classes[0]
    theirs = extra[0] if extra else (found[0] if found else "")
    return (
        f"the classes of the data ({listed(tuple(found), 20)}) are not those of the reader "
        f"({listed(tuple(classes), 20)}); say which mean the same, the reader's first: "
        f'--map "{ours}={theirs}"; what is not named is matched by its name, or left out and counted'
    )
