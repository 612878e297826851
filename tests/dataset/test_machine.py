from __future__ import annotations

import os

import psutil
import pytest

from thirdeye.dataset.machine import has_bf16, this_machine


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        ("flags\t: fpu avx512f avx512_bf16 sse\n", True),
        ("flags\t: fpu amx_bf16 amx_tile\n", True),
        ("flags\t: fpu avx2 avx512f\n", False),
        ("Features\t: fp asimd bf16\n", True),
        ("model name\t: bf16 avx512_bf16\n", False),
        ("", False),
    ],
)
def test_bf16_is_read_from_the_flags(cpuinfo: str, expected: bool) -> None:
    assert has_bf16(cpuinfo) is expected
    assert this_machine(cpuinfo=cpuinfo).bf16 is expected


def test_this_machine_agrees_with_psutil() -> None:
    machine = this_machine(cuda_devices=3)
    assert machine.cores == len(psutil.Process().cpu_affinity())
    assert 0 < machine.memory_gb <= round(psutil.virtual_memory().total / 1024**3, 1) + 0.1
    assert machine.cuda_devices == 3
    assert machine.system.startswith(os.uname().sysname)
