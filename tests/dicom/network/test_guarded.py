"""Connections that end in odd ways hold nothing: no bytes, no place, no thread that failed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from socketserver import ThreadingMixIn
from types import SimpleNamespace

import pytest
from pynetdicom.fsm import InvalidEventError

from thirdeye.dicom.network.guarded import Budget, guard
from thirdeye.dicom.network.listener import Listener


def test_a_connection_that_ended_unheard_holds_no_bytes() -> None:
    budget = Budget(100, 150)
    ended, here, other = (threading.Thread(target=lambda: None) for _ in range(3))
    assert budget.take(ended, 100)
    ended.start()
    ended.join()
    assert budget.take(here, 100)
    here.is_alive = lambda: True  # type: ignore[method-assign]
    assert not budget.take(other, 100)
    budget.done(here)
    budget.done(other)
    assert budget.take(other, 40)
    assert not budget.take(other, 61)  # of one message


def test_what_does_not_fit_the_protocol_ends_its_own_connection() -> None:
    def do_action(event: str) -> None:
        raise InvalidEventError(event)

    closed: list[str] = []
    dul = SimpleNamespace(
        socket=SimpleNamespace(recv=None, close=lambda: closed.append("socket")),
        state_machine=SimpleNamespace(do_action=do_action),
        kill_dul=lambda: closed.append("reactor"),
    )
    association = SimpleNamespace(dul=dul, is_aborted=False, is_established=True, _kill=False)
    guard(association, Budget(100, 100), 1.0)
    dul.state_machine.do_action("Evt7")
    assert (association.is_aborted, association.is_established, association._kill) == (True, False, True)
    assert closed == ["reactor", "socket"]


def test_a_connection_for_which_there_is_no_thread_keeps_no_place(
    listening: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listening()

    def none_left(*given: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as without:
        without.setattr(ThreadingMixIn, "process_request", none_left)
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as caller:
                assert caller.recv(1) == b""  # hung up
    assert listener._server._greeted == 0
