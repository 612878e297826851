"""Files that crash, hang or eat memory, played by functions; real ones are in test_corpora.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from thirdeye.errors import UnreadableFile
from thirdeye.intake.worker import VALUE, _alarm
from thirdeye.intake.worker_process import WorkerProcess, end_spare, give_back, take
from thirdeye.intake.workers import MEMORY_BYTES, Lost, Task, _Crew, call, each, limit_for

DEEDS = """
import ctypes, os, signal, time
from pathlib import Path
import numpy as np
from thirdeye.errors import MissingExtra, UnreadableFile

def do(deed, value=0):
    if deed == "segfault": ctypes.string_at(0)
    if deed == "abort": os.abort()
    if deed == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if deed == "hang": time.sleep(600)
    if deed == "eat": return len(np.ones(3 << 30, np.uint8))
    if deed == "eat_natively": raise UnreadableFile("a", "is damaged") from MemoryError()
    if deed == "refuse": raise UnreadableFile("a", "is damaged")
    if deed == "stumble": raise ValueError("odd")
    if deed == "extra": raise MissingExtra("reading slides", "slides")
    if deed == "print": os.write(1, b"noise"); os.write(2, b"noise"); print("noise")
    if deed == "lambda": return lambda: 0
    if deed == "pid": return os.getpid()
    if deed == "wait": time.sleep(value)
    if deed == "big": return np.full(value, 7, np.uint8)
    if deed == "started": Path(value).touch(); time.sleep(600)
    if deed == "core":
        import resource
        return resource.getrlimit(resource.RLIMIT_CORE)[0]
    return value
"""


@pytest.fixture(scope="module", autouse=True)
def deeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A module that a worker can import, in a folder of this process's path."""
    folder = tmp_path_factory.mktemp("deeds")
    (folder / "deeds_of_workers.py").write_text(DEEDS, encoding="utf-8")
    sys.path.insert(0, str(folder))
    end_spare()
    yield folder
    sys.path.remove(str(folder))
    end_spare()


def do(*deeds: str | tuple[str, object], limit_s: float = 60.0, count: int = 1) -> list[object]:
    import deeds_of_workers  # type: ignore[import-not-found]

    tasks = [Task(deed if isinstance(deed, tuple) else (deed,), limit_s) for deed in deeds]
    return list(each(deeds_of_workers.do, tasks, count=count))


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("segfault", "made its decoder crash (signal 11)"),
        ("abort", "made its decoder crash (signal 6)"),
        ("kill", "made its decoder end at once, as it does when the computer runs out of memory"),
        ("eat", "needs more memory than 2 GB"),
        ("eat_natively", "needs more memory than 2 GB"),
        ("refuse", "is damaged"),
        ("stumble", "could not be measured (ValueError: odd)"),
        ("extra", "reading slides needs the extra 'slides': pip install 'thirdeye-imaging[slides]'"),
    ],
)
def test_only_the_guilty_call_is_lost(deed: str, reason: str) -> None:
    assert do(("", 1), ("", 2), deed, ("", 3), ("", 4)) == [1, 2, Lost(reason), 3, 4]


def test_a_call_beyond_its_time_is_ended() -> None:
    began = time.monotonic()
    assert do(("", 1), "hang", ("", 2), limit_s=2) == [1, Lost("took longer than 2 s to read"), 2]
    assert time.monotonic() - began < 120  # and not the 600 of the call


def test_the_start_of_a_worker_takes_no_time_of_its_first_call(
    deeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy computer the modules that a worker needs take seconds to come."""
    (deeds / "slow_to_come.py").write_text("import time; time.sleep(3)", encoding="utf-8")
    monkeypatch.setattr("thirdeye.intake.worker_process._NEEDED", ("slow_to_come",))
    end_spare()
    assert do(("", 1), limit_s=1) == [1]
    end_spare()


def test_every_call_has_a_clock_of_its_own() -> None:
    """Eight calls of a chunk that together take longer than one may."""
    assert do(*[("", 0)] * 20, *[("wait", 0.4)] * 8, limit_s=2.5) == [0] * 20 + [0.4] * 8


def test_many_calls_in_order_with_several_workers() -> None:
    deeds: list[str | tuple[str, object]] = [("", number) for number in range(500)]
    deeds[100], deeds[101], deeds[450] = "segfault", ("wait", 0.2), "abort"
    found = do(*deeds, count=3)
    lost = {index for index, one in enumerate(found) if isinstance(one, Lost)}
    assert lost == {100, 450}
    assert [one for index, one in enumerate(found) if index not in {*lost, 101}] == [
        number for number in range(500) if number not in {*lost, 101}
    ]


def test_what_libraries_print_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert do("print", ("", 5)) == [0, 5]
    assert capfd.readouterr() == ("", "")


def test_large_values_go_through() -> None:
    (found,) = do(("big", 50_000_000))
    assert isinstance(found, np.ndarray)
    assert (found.shape, found.min()) == ((50_000_000,), 7)


def test_a_value_that_cannot_travel_is_a_reason() -> None:
    (lost, value) = do("lambda", ("", 1))
    assert isinstance(lost, Lost)
    assert lost.reason.startswith("could not be measured (")
    assert value == 1


def test_one_call_raises_with_the_name_of_the_file() -> None:
    import deeds_of_workers

    assert call(deeds_of_workers.do, "", 3, name="a.png") == 3
    with pytest.raises(UnreadableFile, match=r"^a\.png: made its decoder crash \(signal 11\)$"):
        call(deeds_of_workers.do, "segfault", name="a.png")


def test_workers_are_kept_for_the_next_user_and_replaced_when_dead() -> None:
    first, second = do("pid")[0], do("pid")[0]
    assert first == second
    os.kill(int(str(first)), signal.SIGKILL)
    assert do("pid")[0] != first


def test_a_worker_that_has_just_been_ended_goes_to_nobody() -> None:
    worker = WorkerProcess(MEMORY_BYTES)
    worker.wait_until_ready()
    worker.kill()
    assert not worker.alive  # at once, though the process may be there for a moment yet
    give_back(worker)
    other = take(MEMORY_BYTES)
    assert other is not worker
    give_back(other)


def test_taking_the_last_answer_ends_no_worker() -> None:
    """Many short calls, with threads that change often: one worker answers them all."""
    first = do("pid")[0]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        assert {do("pid")[0] for _ in range(300)} == {first}
    finally:
        sys.setswitchinterval(pause)


def test_no_core_file_is_left() -> None:
    assert do("core") == [0]


def test_only_a_bounded_number_is_taken_ahead() -> None:
    import deeds_of_workers

    taken = 0

    def tasks() -> Iterator[Task]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield Task(("", number))

    with closing(each(deeds_of_workers.do, tasks(), count=1)) as found:
        next(found)
        time.sleep(0.3)
        assert taken <= 65


def test_stopping_ends_what_is_under_way() -> None:
    import deeds_of_workers

    end_spare()
    with closing(each(deeds_of_workers.do, [Task(("",)), Task(("hang",))], count=2)) as found:
        next(found)
        began = time.monotonic()
    assert time.monotonic() - began < 30  # and not the 600 of the call, or the 60 of its limit
    end_spare()
    assert children() == []


def test_the_time_limit_grows_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("wb") as file:
        file.truncate(400_000_000)
    assert limit_for(path) == 160
    assert limit_for(tmp_path / "none") == 60


SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
print("the script runs", flush=True)
import deeds_of_workers
from thirdeye.intake.workers import Task, each
print(list(each(deeds_of_workers.do, [Task(deed) for deed in {deeds}], count=2)))
"""


def script(folder: Path, deeds: list[tuple[object, ...]]) -> subprocess.Popen[str]:
    """A user's script without a main guard."""
    path = folder / "script.py"
    path.write_text(textwrap.dedent(SCRIPT).format(deeds=repr(deeds)), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(path), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that runs the tests in the background hands SIGINT down as ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_script_without_a_main_guard_runs_once(deeds: Path) -> None:
    out, errors = script(deeds, [("", 1), ("", 2)]).communicate(timeout=240)
    assert out == "the script runs\n[1, 2]\n"
    assert errors == ""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_owner(deeds: Path, tmp_path: Path, sent: signal.Signals) -> None:
    marks = [tmp_path / "one", tmp_path / "two"]
    process = script(deeds, [("started", str(mark)) for mark in marks])
    deadline = time.monotonic() + 120
    while not all(mark.exists() for mark in marks):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    workers = psutil.Process(process.pid).children()
    assert len(workers) == 2
    process.send_signal(sent)
    process.communicate(timeout=60)
    gone, alive = psutil.wait_procs(workers, timeout=30)  # and not the 60 after which an idle one ends
    assert (len(gone), alive) == (2, [])


class Answering:
    """Stands for a worker whose time is over just as it answers its first call."""

    def __init__(self) -> None:
        self.seat: Any = None
        self.killed = False
        self.alive = self.ready = True

    def wait_until_ready(self) -> None:
        pass

    def work(self, function: Any, chunk: Any) -> Iterator[tuple[int, Any]]:
        self.seat._deadline = 0.0
        self.seat.look_at_clock()
        self.seat.look_at_clock()
        for number, _ in enumerate(chunk):
            if number and self.killed:
                raise EOFError
            yield VALUE, number

    def kill(self) -> None:
        self.killed = True

    def end(self, patience_s: float = 0.0) -> int:
        return -signal.SIGKILL


def test_an_answer_that_comes_as_its_time_is_over_counts_and_the_next_call_is_not_blamed() -> None:
    crew = _Crew(limit_for, MEMORY_BYTES, 1)
    (seat,) = crew.seats
    seat._worker = worker = Answering()
    worker.seat = seat
    chunk = [(number, Task((Path(),))) for number in range(2)]
    assert seat._attempt(chunk) == chunk[1:]  # goes to a new worker
    assert worker.killed
    assert seat._worker is None
    assert crew.done.get_nowait() == (0, 0)
    assert crew.done.empty()


def test_the_timer_of_an_idle_worker_never_meets_the_handler_that_blames_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, at_change = 0.0, []

    def settimer(which: int, seconds: float) -> None:
        nonlocal running
        running = seconds

    monkeypatch.setattr(signal, "setitimer", settimer)
    monkeypatch.setattr(signal, "signal", lambda number, handler: at_change.append(running))
    for idle in (True, False, True):
        _alarm(30.0, idle=idle)
    assert at_change == [0.0, 0.0, 0.0]
    assert running == 30.0
