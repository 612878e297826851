"""The provider: what it says of itself, where it sends people to, and what it gives for a code."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from thirdeye.reading_room.people.house.forged import Forged
from thirdeye.reading_room.people.house.handshake import Handshake
from thirdeye.reading_room.people.house.settings import House, is_safe
from thirdeye.reading_room.people.house.tokens import keys_of, subject_of

_PATIENCE_S = 10.0
_LONGEST = 1024**2  # bytes of an answer; more is cut off, and then it is no JSON
_FRESH_S = 3600.0  # that what it says of itself is believed
_AGAIN_S = 60.0  # between two looks for a new key


@dataclass(frozen=True)
class Endpoints:
    """Addresses of a provider."""

    authorization: str
    token: str
    keys: str


class Provider:
    """A provider of OpenID Connect, asked when it is needed.

    Args:
        house: which.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._endpoints: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, Any] | None = None

    def address(self, handshake: Handshake, back: str) -> str:
        """Where a browser goes to sign in.

        Args:
            handshake: of this sign-in.
            back: address of the room for the answer.

        Raises:
            Forged: "unreachable", or the provider is not who it should be.
        """
        proof = base64.urlsafe_b64encode(hashlib.sha256(handshake.verifier.encode()).digest())
        asked = {
            "response_type": "code", "scope": "openid", "client_id": self._house.client, "redirect_uri": back,
            "state": handshake.state, "nonce": handshake.nonce, "code_challenge_method": "S256",
            "code_challenge": proof.decode().rstrip("="),
        }  # fmt: skip
        address = self.endpoints().authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def subject(self, handshake: Handshake, code: str, back: str, *, now: float) -> str:
        """Who signed in there.

        Args:
            handshake: the one that this browser began with.
            code: that came back.
            back: address of the room, as before.
            now: Unix time in seconds.

        Raises:
            Forged: why it is not believed.
        """
        token = self._redeemed(handshake, code, back)
        expected = {
            "issuer": self._house.issuer, "client": self._house.client, "nonce": handshake.nonce, "now": now,
        }  # fmt: skip
        try:
            return subject_of(token, self.keys(), **expected)  # type: ignore[arg-type]
        except Forged as forged:
            if forged.why != "key" or not self._stale():
                raise
            return subject_of(token, self.keys(anew=True), **expected)  # type: ignore[arg-type]

    def endpoints(self) -> Endpoints:
        """What the provider says of itself (OpenID Connect Discovery 1.0)."""
        if self._endpoints is None or self._endpoints[0] < time.monotonic() - _FRESH_S:
            address = f"{self._house.issuer.rstrip('/')}/.well-known/openid-configuration"
            said = _asked(Request(address))
            if said.get("issuer") != self._house.issuer:
                raise Forged("issuer")
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            addresses = [str(said.get(name)) for name in names]
            if not all(is_safe(address) for address in addresses):
                raise Forged("address")
            self._endpoints = (time.monotonic(), Endpoints(*addresses))
        return self._endpoints[1]

    def keys(self, *, anew: bool = False) -> Any:
        """The provider's public keys."""
        if anew or self._keys is None or self._keys[0] < time.monotonic() - _FRESH_S:
            self._keys = (time.monotonic(), keys_of(_asked(Request(self.endpoints().keys))))
        return self._keys[1]

    def _stale(self) -> bool:
        """Whether it is worth while to look for a new key."""
        return self._keys is None or self._keys[0] < time.monotonic() - _AGAIN_S

    def _redeemed(self, handshake: Handshake, code: str, back: str) -> str:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": self._house.client, "code_verifier": handshake.verifier,
        }  # fmt: skip
        headers, secret = {"Accept": "application/json"}, self._house.secret()
        if secret is not None:  # RFC 6749, 2.3.1
            both = f"{quote(self._house.client, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
        try:
            given = _asked(Request(self.endpoints().token, urlencode(form).encode(), headers))
        except Forged:
            raise Forged("code") from None
        return str(given.get("id_token", ""))


class _Stay(HTTPRedirectHandler):
    """Follows nobody elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        """No further request: the redirect becomes an error."""


def _asked(request: Request) -> dict[str, Any]:
    """An answer as JSON: no redirect is followed, no proxy of the environment is used."""
    try:
        with build_opener(ProxyHandler({}), _Stay()).open(request, timeout=_PATIENCE_S) as answer:
            form = json.loads(answer.read(_LONGEST + 1))
    except (OSError, HTTPException, ValueError, RecursionError):
        raise Forged("unreachable") from None
    if not isinstance(form, dict):
        raise Forged("unreachable")
    return form
