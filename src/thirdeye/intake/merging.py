"""Several labels taken as one, as the user says; of several graders, before they are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from thirdeye.errors import UsageError
from thirdeye.intake.words import listed

LIKE = "like --merge 'referable=moderate,severe;fine=none,mild'"


def parse_merge(text: str | None) -> dict[str, str]:
    """Label to the name that it is to have; labels that are not named keep theirs.

    Args:
        text: "NEW=OLD,OLD;NEW=OLD"; None: nothing is merged.

    Raises:
        UsageError: it has another form, or a label goes to two names.
    """
    found: dict[str, str] = {}
    for part in (text or "").split(";"):
        if not part.strip():
            continue
        new, equals, old = part.partition("=")
        labels = [label.strip() for label in old.split(",") if label.strip()]
        if not equals or not new.strip() or not labels:
            raise UsageError(f"'{part.strip()}' should say which labels are one, {LIKE}")
        for label in labels:
            if label in found:
                raise UsageError(f"--merge sends '{label}' to '{found[label]}' and to '{new.strip()}'")
            found[label] = new.strip()
    moved = [new for new in found.values() if found.get(new, new) != new]
    if moved:
        raise UsageError(f"--merge: '{moved[0]}' is a new name and is itself merged; choose another")
    return found


def merged(labels: Iterable[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The labels under their new names."""
    return tuple(mapping.get(label, label) for label in labels)


def refuse_unused(labels: Iterable[str], mapping: Mapping[str, str]) -> None:
    """Refuse a merge that no label of the data has come out of.

    Args:
        labels: once they have been merged.
        mapping: of `parse_merge`.

    Raises:
        UsageError: a new name is among none of them.
    """
    found = set(labels)
    unused = [new for new in dict.fromkeys(mapping.values()) if new not in found]
    if unused:
        old = [label for label, new in mapping.items() if new == unused[0]]
        raise UsageError(
            f"--merge: no label is called {listed(old)}; the labels are {listed(sorted(found), 20)}"
        )
