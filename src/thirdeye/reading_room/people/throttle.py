"""Guessing passwords is slow: after some failures in a row a name has to wait, each time twice as long.

Every try is counted before its password is looked at, so that a hundred at once gain nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from thirdeye.reading_room.room import Act, Room, instant, moment
from thirdeye.reading_room.store.tables import ATTEMPT

FREE = 5  # failures without a wait
FIRST_WAIT_S = 15
LONGEST_WAIT_S = 15 * 60
_FORGOTTEN = timedelta(days=1)


def wait_s(failures: int) -> int:
    """Seconds before the next try.

    Args:
        failures: in a row.
    """
    if failures < FREE:
        return 0
    return min(FIRST_WAIT_S * 2 ** min(failures - FREE, 16), LONGEST_WAIT_S)


def admit(room: Room, login: str) -> int:
    """Count a try; `forget` takes it back when it succeeds.

    Args:
        login: name that was typed; kept as a keyed hash.

    Returns:
        0, or the seconds that this name has to wait: the try is not looked at.
    """
    who = _who(room, login)
    with room.database.writing() as connection:
        now = room.clock()
        old = instant(now - _FORGOTTEN)
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.last_at < old))
        row = connection.execute(select(ATTEMPT).where(ATTEMPT.c.who == who)).first()
        if row is not None and row.blocked_until > instant(now):
            return 1 + int((moment(row.blocked_until) - now).total_seconds())
        failures = 1 + (0 if row is None else row.failures)
        counted = {
            "failures": failures, "last_at": instant(now),
            "blocked_until": instant(now + timedelta(seconds=wait_s(failures))),
        }  # fmt: skip
        if row is None:
            connection.execute(insert(ATTEMPT).values(who=who, **counted))
        else:
            connection.execute(update(ATTEMPT).where(ATTEMPT.c.who == who).values(**counted))
    return 0


def forget(act: Act, room: Room, login: str) -> None:
    """The password was right: nothing is counted any longer."""
    act.connection.execute(delete(ATTEMPT).where(ATTEMPT.c.who == _who(room, login)))


def _who(room: Room, login: str) -> str:
    name = b"sign-in " + login.strip().casefold().encode("utf-8", "replace")
    return hmac.new(room.key, name, hashlib.sha256).hexdigest()
