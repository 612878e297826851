"""Settings of the process that make training on a CPU fast; each measured, none needed for a right result.

On two cores they doubled the fine-tuning throughput of a stock loop together with channels-last memory and
bf16 where it helps: glibc returns every large block to the system and faults it in again at the next step
unless told otherwise, and OpenMP threads that wait by spinning hold the core that the augmentation needs,
while those that sleep at once wake up late for each of a thousand small operations a step: they spin briefly.
"""

from __future__ import annotations

import ctypes
import os
import sys

_M_TRIM_THRESHOLD = -1
_M_TOP_PAD = -2
_M_MMAP_MAX = -4
_M_ARENA_MAX = -8
_ONE_GIB = 1 << 30
SHORT_SPIN = "20000"  # rounds; longer than the gap between two operations, far shorter than a time slice


def prepare_process() -> None:
    """Set what must be set before torch is imported; harmless when called late or twice.

    Environment variables that the user has set are left alone.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", SHORT_SPIN)
    if sys.platform.startswith("linux"):
        _keep_memory()


def _keep_memory() -> None:
    """Tell glibc to keep freed blocks; other C libraries have no `mallopt` and are left alone."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_ARENA_MAX, 1)  # several arenas would each keep their own: a quarter more memory, no faster
    mallopt(_M_TRIM_THRESHOLD, _ONE_GIB)
    mallopt(_M_TOP_PAD, 64 << 20)


def use_threads(count: int) -> None:
    """Let torch compute with `count` threads, or with those that OMP_NUM_THREADS allows where it is fewer."""
    import torch

    said = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    torch.set_num_threads(min(count, int(said)) if said.isdigit() and int(said) else count)
