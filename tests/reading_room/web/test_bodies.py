"""Long and slow bodies, to a server that really listens."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from thirdeye.inference.endpoint.patience import PatientProtocol
from thirdeye.reading_room.web.bodies import BodyLimit

MOST = 100_000


class Brief(PatientProtocol):
    headers_s = 2.0


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    app = Starlette(
        routes=[Route("/", _length, methods=["POST"])],
        middleware=[Middleware(BodyLimit, limit=lambda path: MOST, silence_s=2.0)],
    )
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Brief, ws="none", log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(60)
    listener.close()


def said(port: int, *pieces: bytes, pause_s: float = 0) -> bytes:
    """What the server answers to pieces of a request; empty where it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause_s)
            return line.recv(4096)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def test_a_body_within_the_limit_passes(port) -> None:
    answer = said(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_long_body_is_413_before_it_comes(port) -> None:
    answer = said(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 419430400\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer


def test_a_long_body_that_does_not_say_so_is_413(port) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = said(port, head, *[b"c350\r\n" + b"a" * 50_000 + b"\r\n"] * 3)
    assert answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", [b"-1", b"+5", b"9" * 4000, b"5, 6"])
def test_a_length_that_is_none_is_refused(port, length) -> None:
    answer = said(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\nhello")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))


def test_a_body_that_stops_coming_is_408(port) -> None:
    began = time.monotonic()
    answer = said(port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhel")
    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - began < 19  # and not the 20 of the default


def test_slow_headers_are_hung_up_on_and_others_are_served(port) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), timeout=60) for _ in range(100)]
    for line in slow:
        line.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nX-A: ")
    test_a_body_within_the_limit_passes(port)
    for line in slow:
        assert line.recv(100) == b""
        line.close()
