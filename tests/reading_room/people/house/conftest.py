"""A small provider of OpenID Connect on loopback that lies as it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "reading-room", "a secret between the two of us"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)
STRANGER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)


@dataclass
class FakeProvider:
    """What it says is honest until `claims`, `sign` or `said` are changed."""

    port: int = 0
    elsewhere: str | None = None
    subject: str = "f3a9"
    claims: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [KEY.as_dict(private=False)])
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)

    def approve(self, address: str) -> dict[str, str]:
        """What a browser brings back after somebody signed in at an address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(12)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def get(self, path: str) -> dict[str, Any]:
        self.asked.append(path)
        if path == "/keys":
            return {"keys": self.keys}
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys", **self.said,
        }  # fmt: skip

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{quote(SECRET)}".encode()).decode()
        honest = (
            asked is not None
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == proof.decode().rstrip("=")
            and asked["redirect_uri"] == form.get("redirect_uri")
            and authorization == basic
        )
        if not honest or asked is None:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.subject, "nonce": asked["nonce"], "iat": now,
            "exp": now + 300,
        } | self.claims  # fmt: skip
        held = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(held)}


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    """A provider that listens on loopback."""
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if fake.elsewhere is None:
                self.answer(200, fake.get(self.path))
                return
            fake.asked.append(self.path)
            self.send_response(302)
            self.send_header("location", fake.elsewhere)
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*fake.redeem(form, self.headers.get("authorization", "")))

        def answer(self, status: int, form: dict[str, Any]) -> None:
            body = json.dumps(form).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


def none_signed(claims: dict[str, Any]) -> str:
    """A token that nobody signed."""
    parts = ({"alg": "none"}, claims)
    return ".".join(_part(json.dumps(one).encode()) for one in parts) + "."


def signed_with_public_key(claims: dict[str, Any]) -> str:
    """A token signed with the provider's public key as if it were a shared secret."""
    head = ".".join(_part(json.dumps(one).encode()) for one in ({"alg": "HS256", "kid": "one"}, claims))
    seal = hmac.new(KEY.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    return f"{head}.{_part(seal)}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture(scope="session")
def forgers() -> dict[str, Any]:
    """Ways of signing that are not the provider's."""
    return {
        "another key": lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, STRANGER),
        "an unknown key": lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, STRANGER),
        "alg none": none_signed,
        "the public key as a secret": signed_with_public_key,
        "a changed payload": lambda claims: _changed(jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY)),
        "no token": lambda claims: "",
        "five parts": lambda claims: "a.b.c.d.e",
        "a long one": lambda claims: "a" * 20_000 + ".b.c",
        "a key that comes along": _own_key,
    }


def _changed(token: str) -> str:
    head, body, seal = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{_part(json.dumps(claims | {'sub': 'somebody else'}).encode())}.{seal}"


def _own_key(claims: dict[str, Any]) -> str:
    header = {"alg": "RS256", "jwk": STRANGER.as_dict(private=False)}
    return jwt.encode(header, claims, STRANGER)
