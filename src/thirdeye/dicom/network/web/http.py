"""One request and its answer: no redirection, no other host, a limit for bytes and for time."""

from __future__ import annotations

import base64
import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from thirdeye.dicom.network.entity import Unreachable
from thirdeye.dicom.network.tls import Tls
from thirdeye.dicom.network.web.address import Address, resolved
from thirdeye.errors import StageFailed, UsageError

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Access:
    """Who we are, and what we take.

    Args:
        user, password: of basic authentication.
        token: of a bearer; instead of user and password.
        tls: authorities and our own certificate; None: those of the computer.
        timeout_s: for a connection, and for each silence; twenty times that for a whole answer.
        most_bytes: of an answer.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    tls: Tls | None = None
    timeout_s: float = 30.0
    most_bytes: int = 1024**3

    def headers(self) -> dict[str, str]:
        """What says who we are."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}


@dataclass(frozen=True)
class Answer:
    """What came back.

    Args:
        status: HTTP status.
        kind: its content type.
        body: bytes.
    """

    status: int
    kind: str
    body: bytes


def ask(
    address: Address,
    access: Access,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> Answer:
    """Send a request and read its answer.

    Args:
        address: of the service.
        access: see `Access`.
        method: "GET" or "POST".
        path: with a slash in front, the service's own path included.
        headers: what is accepted, and of what kind the body is.
        body: of a POST.

    Raises:
        Unreachable: no answer, or it broke off.
        StageFailed: it is larger than we take, or leads elsewhere.
        UsageError: a password would go over a line that is not encrypted.
    """
    who = access.headers()
    if who and address.scheme == "http" and not address.trusted:
        raise UsageError("a password is not sent over http; use https, or allow the host with --allow-host")
    connection = _connection(address, access)
    try:
        connection.request(method, path, body=body, headers={**headers, **who, "Accept-Encoding": "identity"})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers.get("Content-Type", ""), _body(response, access))
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{address.name} did not answer; check that the archive is running") from error
    finally:
        connection.close()
    if 300 <= answer.status < 400:
        raise StageFailed(f"{address.name} sends us elsewhere, which is not followed; give its own address")
    return answer


def _connection(address: Address, access: Access) -> http.client.HTTPConnection:
    number = resolved(address)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=access.timeout_s)
    try:
        line = socket.create_connection((number, address.port), timeout=access.timeout_s)
    except OSError as error:
        raise Unreachable(f"{address.name} does not answer; check that the archive is running") from error
    try:
        if address.scheme == "https":
            line = (access.tls or Tls()).for_caller().wrap_socket(line, server_hostname=address.host)
    except OSError as error:
        line.close()
        raise Unreachable(f"{address.name} has no certificate that we trust") from error
    connection.sock = line
    return connection


def _body(response: http.client.HTTPResponse, access: Access) -> bytes:
    until = time.monotonic() + 20 * access.timeout_s
    parts: list[bytes] = []
    held = 0
    while part := response.read(_CHUNK):
        parts.append(part)
        held += len(part)
        if held > access.most_bytes:
            raise StageFailed(
                f"the archive's answer is larger than {access.most_bytes:,} bytes; it is not taken"
            )
        if time.monotonic() > until:
            raise TimeoutError("the answer takes too long")
    return b"".join(parts)
