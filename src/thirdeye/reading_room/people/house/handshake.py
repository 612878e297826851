"""What a browser carries to the provider and back, in a sealed cookie: nothing is kept on the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from thirdeye.reading_room.people.house.forged import Forged

LASTS_S = 600
_LONGEST = 3000


@dataclass(frozen=True)
class Handshake:
    """One sign-in on its way.

    Args:
        state: comes back with the answer.
        nonce: comes back within the token.
        verifier: of PKCE; only who began can redeem the code.
        onward: page of the room to go to.
        ends: second (Unix time) after which it is void.
        person: whose account is to be connected; None: somebody signs in.
        invitation: hash of the one-time secret that allows it; "": the person is signed in.
    """

    state: str
    nonce: str
    verifier: str
    onward: str
    ends: float
    person: int | None = None
    invitation: str = ""

    @classmethod
    def begin(
        cls, now: datetime, onward: str, *, person: int | None = None, invitation: str = ""
    ) -> Handshake:
        """A new one, good for ten minutes."""
        ends = (now + timedelta(seconds=LASTS_S)).timestamp()
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (24, 24, 48))
        return cls(state, nonce, verifier, onward, ends, person, invitation)

    def sealed(self, key: bytes) -> str:
        """As a cookie."""
        body = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()
        return f"{body}.{_seal(key, body)}"


def opened(cookie: str, key: bytes, *, state: str, now: datetime) -> Handshake:
    """The handshake of a cookie.

    Args:
        key: of the room.
        state: what came back.

    Raises:
        Forged: there is none, it is not ours, it is too old, or the state is another.
    """
    body, _, seal = cookie.rpartition(".")
    fits = len(cookie) <= _LONGEST and hmac.compare_digest(seal.encode(), _seal(key, body).encode())
    if not body or not fits:
        raise Forged("handshake")
    found = Handshake(**json.loads(base64.urlsafe_b64decode(body)))
    if not hmac.compare_digest(found.state.encode(), state.encode("utf-8", "replace")):
        raise Forged("state")
    if found.ends < now.timestamp():
        raise Forged("late")
    return found


def _seal(key: bytes, body: str) -> str:
    return hmac.new(key, b"house " + body.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
