"""What is set for the process is set once, and never over the user's own choice."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from thirdeye.intake.workers import usable_threads
from thirdeye.training.machine import prepare_process, use_threads


def test_the_users_own_settings_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.setenv("GOMP_SPINCOUNT", "200")
    prepare_process()
    prepare_process()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["GOMP_SPINCOUNT"]) == ("ACTIVE", "200")


def test_where_nothing_is_set_threads_wait_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    prepare_process()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["GOMP_SPINCOUNT"]) == ("PASSIVE", "20000")


@pytest.mark.parametrize(("said", "used"), [("1", 1), ("", 2), ("many", 2), ("0", 2), ("9", 2), ("1,4", 1)])
def test_no_more_threads_than_the_user_allows(monkeypatch: pytest.MonkeyPatch, said: str, used: int) -> None:
    import torch

    before = torch.get_num_threads()
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    monkeypatch.setattr("thirdeye.intake.workers.usable_cores", lambda: 2)
    try:
        use_threads(2)
        assert torch.get_num_threads() == usable_threads() == used
    finally:
        torch.set_num_threads(before)


def test_it_loads_nothing_heavy() -> None:
    code = (
        "import sys, thirdeye.training.machine as m; m.prepare_process()\n"
        "assert not {'torch', 'numpy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_freed_blocks_stay_with_the_process() -> None:
    """After freeing 200 MB the process still holds most of it, where glibc would have given it back."""
    code = (
        "import sys, ctypes\n"
        "if not hasattr(ctypes.CDLL(None), 'gnu_get_libc_version'): sys.exit(0)\n"
        "from thirdeye.training.machine import prepare_process\n"
        "def held(): return int(open('/proc/self/statm').read().split()[1]) * 4096\n"
        "prepare_process(); before = held()\n"
        "block = bytearray(200 << 20); del block\n"
        "assert held() - before > 150 << 20, held() - before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
