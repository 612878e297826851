"""Passwords: argon2id, a few at a time, and never a hint whether a name exists."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from thirdeye.reading_room.refusal import Refusal

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
AT_ONCE = 2  # each takes 64 MiB: forty at once would take the machine
_PATIENCE_S = 10.0
_HASHER = PasswordHasher()  # argon2id, the library's present parameters (RFC 9106)
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """A password as it is kept.

    Raises:
        Refusal: 422 too short or too long; 503 too many people sign in at this moment.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refusal(422, "password")
    with _turn():
        return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; it takes as long where none is kept.

    Raises:
        Refusal: 503 too many people sign in at this moment.
    """
    with _turn():
        nobody = _nobody()
        try:
            _HASHER.verify(nobody if kept is None else kept, password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


@cache
def _nobody() -> str:
    """Made with the first password of a process, whoever it is of."""
    return _HASHER.hash("the same time is taken for names that do not exist")


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=_PATIENCE_S):
        raise Refusal(503, "busy")
    try:
        yield
    finally:
        _TURNS.release()
