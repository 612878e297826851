"""One worker as its owner sees it: started, handed work, ended."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from thirdeye.errors import StageFailed
from thirdeye.intake.worker import packed, receive, send

# Runs in a fresh interpreter that looks at no environment variable and no current folder; the places to
# import from are those of this process, so that a worker runs the same code.
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from thirdeye.intake.worker import main; main(int(sys.argv[2]), *sys.argv[3:])"
)
_NEEDED = ("thirdeye.intake.pixels", "PIL.PngImagePlugin", "PIL.JpegImagePlugin")
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class WorkerProcess:
    """A worker that has been started.

    Args:
        memory_bytes: address space that it may take beyond what it starts with.

    Raises:
        StageFailed: no process can be started here.
    """

    def __init__(self, memory_bytes: int) -> None:
        self.memory_bytes = memory_bytes
        self._ready = self._killed = False
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, json.dumps(sys.path), str(memory_bytes), *_NEEDED],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_ONE_THREAD},
                start_new_session=os.name == "posix",  # Ctrl-C comes to the owner, who ends it
            )
        except (OSError, ValueError) as error:
            raise StageFailed(f"no process for reading images can be started ({error})") from error

    @property
    def alive(self) -> bool:
        """Whether it still runs, and nobody has ended it: a killed process is there for a moment yet."""
        return not self._killed and self._process.poll() is None

    @property
    def ready(self) -> bool:
        """Whether it was heard to listen."""
        return self._ready

    def wait_until_ready(self) -> None:
        """Return once it listens.

        Raises:
            EOFError: it ended instead.
        """
        if not self._ready:
            receive(self._stdout)
            self._ready = True

    def work(self, function: Callable[..., Any], chunk: Sequence[tuple[tuple[Any, ...], float]]) -> Iterator:
        """Answers to calls, in their order, each as soon as it is there.

        Args:
            function: of a module that can be imported.
            chunk: arguments of each call and the seconds that it may take.

        Raises:
            EOFError: it died; the first call without an answer is the one that it died of, unless the exit
                code is `thirdeye.intake.worker.GIVEN_UP`.
        """
        try:
            send(self._stdin, packed((function, list(chunk))))
        except OSError:
            raise EOFError from None
        for _ in chunk:
            yield receive(self._stdout)

    def kill(self) -> None:
        """End it at once."""
        self._killed = True
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self, patience_s: float = 0.0) -> int:
        """Wait until it is gone and let go of the pipes.

        Args:
            patience_s: for so long it may end by itself; then it is killed.

        Returns:
            Its exit code; negative: the signal that ended it.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        self.kill()
        code = self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        return code

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    @property
    def _stdout(self) -> Any:
        return self._process.stdout


_MOST_SPARE = 2
_spare: list[WorkerProcess] = []  # workers without a user
_owner: int | None = None  # a process forked from this one must not touch them
_lock = threading.Lock()


def take(memory_bytes: int) -> WorkerProcess:
    """A worker that waits for a user, or else a new one."""
    with _lock:
        mine = [one for one in _spare if one.memory_bytes == memory_bytes] if _owner == os.getpid() else []
        for worker in mine:
            _spare.remove(worker)
            if worker.alive:
                return worker
            worker.end()
    return WorkerProcess(memory_bytes)


def give_back(worker: WorkerProcess) -> None:
    """Let the next user have an idle worker; it ends by itself after a minute, or with this process."""
    global _owner
    with _lock:
        if _owner != os.getpid():
            _spare.clear()
            _owner = os.getpid()
            atexit.register(end_spare)
        if worker.alive and len(_spare) < _MOST_SPARE:
            _spare.append(worker)
            return
    worker.end()


def end_spare() -> None:
    """End the workers that wait for a user."""
    with _lock:
        workers = _spare[:] if _owner == os.getpid() else []
        _spare.clear()
    for worker in workers:
        worker.end()
