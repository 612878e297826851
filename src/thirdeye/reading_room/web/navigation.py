"""Where somebody may go, by their roles."""

from __future__ import annotations

from dataclasses import dataclass

from thirdeye.reading_room.people.person import (
    ADJUDICATOR,
    ADMINISTRATOR,
    AUDITOR,
    DATA_MANAGER,
    READER,
    ROLES,
    Person,
)


@dataclass(frozen=True)
class Item:
    """A link of the navigation.

    Args:
        path: where to.
        word: key of its name.
        roles: who sees it.
    """

    path: str
    word: str
    roles: tuple[str, ...]


# In the order of a day's work; what looks after the room comes last.
ITEMS = (
    Item("/", "worklist.title", ROLES),
    Item("/adjudication", "adjudication.title", (ADJUDICATOR,)),
    Item("/outcomes", "outcome.title", (READER, ADJUDICATOR, DATA_MANAGER)),
    Item("/upload", "upload.title", (READER, DATA_MANAGER, ADMINISTRATOR)),
    Item("/kept-back", "kept_back.title", (DATA_MANAGER,)),
    Item("/people", "people.title", (ADMINISTRATOR,)),
    Item("/studies", "studies.title", (ADMINISTRATOR,)),
    Item("/reader-studies", "reader_study.title", (READER, DATA_MANAGER, ADMINISTRATOR)),
    Item("/monitoring", "monitoring.title", (AUDITOR, ADMINISTRATOR, DATA_MANAGER)),
    Item("/retraining", "retraining.title", (DATA_MANAGER, ADMINISTRATOR, AUDITOR)),
    Item("/audit", "audit.title", (AUDITOR,)),
)
_IN_ONE_ROW = 7  # so many links stand side by side, in both languages
_BESIDE_MORE = 5  # where there are more: so many, and a menu


def navigation(person: Person) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """The links that somebody sees: side by side, and in a menu where they are too many for one row."""
    items = tuple(item for item in ITEMS if person.may(*item.roles))
    if len(items) <= _IN_ONE_ROW:
        return items, ()
    return items[:_BESIDE_MORE], items[_BESIDE_MORE:]
