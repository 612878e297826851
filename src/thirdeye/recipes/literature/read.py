"""The files of the data set, read once and checked as they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from thirdeye.errors import UsageError
from thirdeye.recipes.literature.study import SOURCES, Contradiction, Fact, PublishedStudy, Result

_HERE = "thirdeye.recipes.literature"
Sourced = TypeVar("Sourced", Fact, Result)


@cache
def studies() -> tuple[PublishedStudy, ...]:
    """The 25 studies in the order of the review's references."""
    folder = files(_HERE).joinpath("studies")
    found = [study_from(tomllib.loads(entry.read_text("utf-8"))) for entry in folder.iterdir()
             if entry.name.endswith(".toml")]  # fmt: skip
    return tuple(sorted(found, key=lambda study: study.reference))


@cache
def contradictions() -> tuple[Contradiction, ...]:
    """Every known contradiction of the review, by topic."""
    read = tomllib.loads(files(_HERE).joinpath("contradictions.toml").read_text("utf-8"))
    return tuple(
        Contradiction(**{**entry, "studies": tuple(entry["studies"])}) for entry in read["contradictions"]
    )


def contradictions_of(chosen: Sequence[PublishedStudy]) -> tuple[Contradiction, ...]:
    """Those about one of the chosen studies; all of them where every study is chosen."""
    ids = {each.id for each in chosen}
    whole = len(ids) == len(studies())
    return tuple(one for one in contradictions() if whole or not ids.isdisjoint(one.studies))


def study(name: str) -> PublishedStudy:
    """The study with this id.

    Raises:
        UsageError: there is none; the near ones are named.
    """
    from difflib import get_close_matches

    known = {each.id: each for each in studies()}
    if name in known:
        return known[name]
    near = get_close_matches(name.lower(), known, n=3, cutoff=0.4) or sorted(known)[:3]
    raise UsageError(
        f"no published study has the id '{name[:60]}'; near ones: {', '.join(near)}; "
        "thirdeye evidence lists all 25"
    )


def study_from(fields: Mapping[str, Any]) -> PublishedStudy:
    """A study from the content of its file.

    Raises:
        UsageError: a value without a known source.
    """
    sizes = dict(fields["sizes"])
    unit = sizes.pop("unit")
    return PublishedStudy(
        **{name: fields[name] for name in ("id", "author", "reference", "year", "specialty", "link")},
        tasks=tuple(fields["tasks"]),
        networks=tuple(fields["networks"]),
        facts=_facts(fields["facts"]),
        sizes=_facts(sizes),
        unit=unit,
        practice=_facts(fields["practice"]),
        results=tuple(_sourced(Result(**entry)) for entry in fields["results"]),
        leaks=tuple(_sourced(Fact(**entry)) for entry in fields.get("leaks", ())),
        weaknesses=tuple(_sourced(Fact(**entry)) for entry in fields.get("weaknesses", ())),
    )


def _facts(entries: Mapping[str, Any]) -> dict[str, Fact]:
    return {name: _sourced(Fact(**entry)) for name, entry in entries.items()}


def _sourced(entry: Sourced) -> Sourced:
    if entry.source not in SOURCES:
        raise UsageError(f"'{entry.value}' has the source '{entry.source}'; expected {', '.join(SOURCES)}")
    return entry
