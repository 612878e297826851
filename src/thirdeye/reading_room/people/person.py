"""Somebody who works in the room, and what the five roles may do."""

from __future__ import annotations

from dataclasses import dataclass

READER, ADJUDICATOR, DATA_MANAGER = "reader", "adjudicator", "data_manager"
AUDITOR, ADMINISTRATOR = "auditor", "administrator"
ROLES = (READER, ADJUDICATOR, DATA_MANAGER, AUDITOR, ADMINISTRATOR)


@dataclass(frozen=True)
class Person:
    """Somebody signed in.

    Args:
        id: of the store.
        login: name for signing in.
        shown: name on screens and signatures.
        roles: some of `ROLES`.
        language: "en" or "fr".
    """

    id: int
    login: str
    shown: str
    roles: frozenset[str]
    language: str = "en"

    def may(self, *roles: str) -> bool:
        """Whether any of these roles is theirs."""
        return not self.roles.isdisjoint(roles)
