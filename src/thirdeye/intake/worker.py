"""The process that decodes: reads calls from its standard input, answers on its standard output.

Started by `thirdeye.intake.worker_process` as a program of its own, so that it imports nothing of the user's
script and can be ended like any other program. What a native library prints goes nowhere.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing.reduction import ForkingPickler
from typing import IO, Any

from thirdeye.errors import MissingExtra, UnreadableFile

IDLE_S = 60.0  # without a call for so long, a worker ends by itself
GIVEN_UP = 75  # exit code: ended by itself, at the fault of no file (EX_TEMPFAIL of sysexits.h)
_FRAME = struct.Struct("<Q")
_GRACE_S = 10  # beyond the time limit, after which the kernel ends a worker that nobody else has ended
_WATCH_S = 1.0

# What an answer says, before its value.
VALUE, REFUSED, MEMORY = range(3)


def packed(message: Any) -> Any:
    """One message as bytes."""
    return ForkingPickler.dumps(message)


def send(pipe: IO[bytes], body: Any) -> None:
    """Write one packed message."""
    pipe.write(_FRAME.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one message.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = _FRAME.unpack(_exactly(pipe, _FRAME.size))
    return ForkingPickler.loads(_exactly(pipe, length))


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    body = pipe.read(length)
    if len(body) < length:
        raise EOFError
    return body


def answer(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[int, Any]:
    """What one call came to: its kind, and a packed pair of the kind and the value or the reason."""
    try:
        return VALUE, packed((VALUE, function(*arguments)))
    except UnreadableFile as error:
        kind, reason = MEMORY if isinstance(error.__cause__, MemoryError) else REFUSED, error.reason
    except MissingExtra as error:
        kind, reason = REFUSED, str(error)
    except MemoryError:
        kind, reason = MEMORY, ""
    except Exception as error:  # whatever one file brings about, the others go on
        kind, reason = REFUSED, f"could not be measured ({type(error).__name__}: {str(error)[:300]})"
    return kind, packed((kind, reason))


def main(memory_bytes: int, *needed: str) -> None:
    """Answer calls until the other side is gone; each message is a function and a chunk of its arguments.

    Args:
        memory_bytes: address space that it may take beyond what it starts with.
        needed: modules that most calls need; imported before the first call, whose time they do not take.
    """
    calls, answers = _private_pipes()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    _limit(memory_bytes)
    for module in needed:
        import_module(module)
    send(answers, packed("ready"))  # from now on time counts
    while True:
        _alarm(IDLE_S, idle=True)
        try:
            function, chunk = receive(calls)
        except EOFError:
            os._exit(0)
        for arguments, limit_s in chunk:
            _alarm(limit_s + _GRACE_S, idle=False)
            kind, body = answer(function, arguments)
            send(answers, body)
            if kind == MEMORY:  # a heap that has been full is not worth keeping
                os._exit(GIVEN_UP)
            body = None  # lets go of what may be large before the next call


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes under other numbers, with nothing behind the numbers that libraries print to."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+", encoding="utf-8")  # noqa: SIM115, PTH123
    return calls, answers


def _end_with_parent(parent: int) -> None:
    """A killed parent takes its workers along, also in the middle of an image."""
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os._exit(0)


def _alarm(seconds: float, *, idle: bool) -> None:
    """Let the kernel end this process, even where native code never gives control back."""
    try:
        import signal

        signal.setitimer(signal.ITIMER_REAL, 0)  # the timer of before must not meet the next handler
        if idle:
            signal.signal(signal.SIGALRM, lambda number, frame: os._exit(GIVEN_UP))
        else:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    except (ImportError, AttributeError):  # Windows: the parent's own clock has to do
        return


def _limit(memory_bytes: int) -> None:
    """Bound the address space and forbid core files, where the operating system can.

    Linux enforces both. macOS accepts the first and does not enforce it; Windows has neither.
    """
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _address_space() + memory_bytes
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (ValueError, OSError):
        return


def _address_space() -> int:
    """Bytes of address space in use; 1 GiB where that cannot be asked."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not needed
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return 1 << 30
