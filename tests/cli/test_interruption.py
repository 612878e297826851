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
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_swallowed_interrupt_is_raised_at_the_next_check() -> None:
    interruption = Interruption()
    interruption.watch()
    interruption.check()
    with contextlib.suppress(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interruption.check()


class Careless:
    """Its finaliser is where the exception is raised; Python swallows what is raised there."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_request_to_end_that_a_finaliser_swallows_is_honoured_at_the_next_check() -> None:
    interruption = Interruption()
    interruption.watch_requests_to_end()
    interruption.check()
    with contextlib.suppress(KeyboardInterrupt):
        one = Careless()
        del one
    with pytest.raises(KeyboardInterrupt):
        interruption.check()


def test_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interruption = Interruption()
    interruption.watch()
    os.kill(os.getpid(), signal.SIGINT)
    interruption.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
