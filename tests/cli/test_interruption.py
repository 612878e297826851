"""Ctrl-C is honoured even where a library swallowed the exception."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest

from thirdeye.cli.interruption import Interruption


@pytest.fixture(autouse=True)
def handler_back() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_swallowed_interrupt_is_raised_at_the_next_check() -> None:
    interruption = Interruption()
    interruption.watch()
    interruption.check()
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interruption.check()


def test_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interruption = Interruption()
    interruption.watch()
    os.kill(os.getpid(), signal.SIGINT)
    interruption.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
