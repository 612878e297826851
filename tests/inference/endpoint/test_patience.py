"""Connections that say nothing, or say it too slowly, do not keep others out."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

pytest.importorskip("uvicorn")
import uvicorn

from thirdeye.inference.endpoint.patience import PatientProtocol

TIME_S = 1.0


def in_a_loop(coroutine: Any) -> Any:
    """What it gives; in a thread of its own, since a browser of other tests may run a loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, coroutine).result()


class Hasty(PatientProtocol):
    headers_s = TIME_S


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers after longer than headers may take."""
    await asyncio.sleep(1.5 * TIME_S)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def _serving() -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    config = uvicorn.Config(
        app, port=0, http=Hasty, log_level="critical", lifespan="off", limit_concurrency=4
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    return server, task, server.servers[0].sockets[0].getsockname()[1]


async def _trickle(port: int) -> bytes:
    """A header that never ends; what comes back until the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    with contextlib.suppress(ConnectionError):
        for _ in range(20):
            writer.write(b"X: y\r\n")
            await asyncio.sleep(TIME_S / 8)
            if reader.at_eof():
                break
    answer = await asyncio.wait_for(reader.read(), 60)
    await _close(writer)
    return answer


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _asked(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 60)
    await _close(writer)
    return answer


def test_slow_headers_make_room_and_slow_answers_are_waited_for() -> None:
    async def play() -> None:
        server, task, port = await _serving()
        slow = [asyncio.create_task(_trickle(port)) for _ in range(4)]
        await asyncio.sleep(TIME_S / 4)
        assert b" 503 " in await _asked(port)  # all places are taken
        assert await asyncio.gather(*slow) == [b""] * 4
        assert (await _asked(port)).endswith(b"ok")
        server.should_exit = True
        await task

    in_a_loop(play())
