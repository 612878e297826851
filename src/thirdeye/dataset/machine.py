"""What the machine can do."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from thirdeye.intake.workers import usable_cores

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
_BF16_FLAGS = frozenset(["avx512_bf16", "amx_bf16", "amx_tile"])  # x86; see STACK.md


@dataclass(frozen=True)
class Machine:
    """Facts that decide about speed.

    Args:
        cores: that this process may use.
        memory_gb: of the machine or of the container, whichever is less; 0 where unknown.
        bf16: True when the processor multiplies bfloat16 in hardware.
        cuda_devices: number of GPUs, as counted by the caller.
        system: "Linux x86_64".
    """

    cores: int
    memory_gb: float
    bf16: bool
    cuda_devices: int
    system: str


def this_machine(*, cuda_devices: int = 0, cpuinfo: str | None = None) -> Machine:
    """Look at this machine without loading anything heavy.

    Args:
        cuda_devices: GPUs; counting them needs torch, so the caller does it.
        cpuinfo: content of ``/proc/cpuinfo``, read when None.
    """
    text = _text(Path("/proc/cpuinfo")) if cpuinfo is None else cpuinfo
    return Machine(
        cores=usable_cores(),
        memory_gb=round(_memory_bytes() / 1024**3, 1),
        bf16=has_bf16(text),
        cuda_devices=cuda_devices,
        system=f"{platform.system()} {platform.machine()}",
    )


def has_bf16(cpuinfo: str) -> bool:
    """True when the flags of ``/proc/cpuinfo`` name a bfloat16 unit (x86) or ``bf16`` (Arm)."""
    for line in cpuinfo.splitlines():
        name, _, flags = line.partition(":")
        if name.strip() in ("flags", "Features"):
            words = set(flags.split())
            return bool(words & _BF16_FLAGS) or "bf16" in words
    return False


def _memory_bytes() -> int:
    limits = [int(text) for path in _CGROUP_LIMITS if (text := _text(path).strip()).isdigit()]
    with suppress(AttributeError, ValueError, OSError):  # not on every system
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limits, default=0)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
