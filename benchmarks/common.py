"""What all benchmarks share: the machine's description, watched child processes, tables and JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

DEFAULT_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
_PACKAGES = ("thirdeye-imaging", "torch", "torchvision", "numpy", "onnxruntime", "scikit-learn")
_SETTINGS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_CORETYPE", "OMP_WAIT_POLICY")


@dataclass(frozen=True)
class Watched:
    """What a child process did.

    Args:
        seconds: from its start to its end.
        peak_rss_mb: largest sum of the resident memory of the process and its children, in 10^6 bytes; pages
            that they share count more than once, so this is an upper bound.
        code: exit code.
        output: what it wrote to standard output.
    """

    seconds: float
    peak_rss_mb: float
    code: int
    output: str


def arguments(description: str, default_output: str) -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the public data sets")
    parser.add_argument("--json", type=Path, default=Path(default_output), help="where the JSON goes")
    return parser


def watch(
    command: Sequence[str],
    *,
    log: Path | None = None,
    every_s: float = 0.2,
    environment: dict[str, str] | None = None,
    on_tick: Callable[[float], None] | None = None,
) -> Watched:
    """Run a command to its end, sampling the memory of its process tree.

    Args:
        command: program and arguments.
        log: where standard error goes; None passes it on.
        every_s: seconds between samples.
        environment: variables beside those of this process.
        on_tick: called with the seconds since the start at each sample.
    """
    import psutil

    started = time.perf_counter()
    stream = log.open("w", encoding="utf-8") if log else None
    child = subprocess.Popen(
        list(command),
        stdout=subprocess.PIPE,
        stderr=stream,
        text=True,
        env=os.environ | (environment or {}),
    )
    pieces: list[str] = []
    reader = threading.Thread(target=lambda: pieces.append(child.stdout.read() if child.stdout else ""))
    reader.start()
    process, peak = psutil.Process(child.pid), 0
    while child.poll() is None:
        peak = max(peak, _tree_rss(process))
        if on_tick is not None:
            on_tick(time.perf_counter() - started)
        time.sleep(every_s)
    seconds = time.perf_counter() - started
    reader.join()
    if stream is not None:
        stream.close()
    return Watched(seconds, peak / 1e6, child.returncode, "".join(pieces))


def peak_memory(child: subprocess.Popen[str], every_s: float = 0.05) -> tuple[int, int]:
    """Largest resident memory of a child and of one of its own children, in bytes, until it ends."""
    import psutil

    process, parent, worker = psutil.Process(child.pid), 0, 0
    while child.poll() is None:
        try:
            parent = max(parent, process.memory_info().rss)
            worker = max([worker, *(one.memory_info().rss for one in process.children())])
        except psutil.Error:
            continue
        time.sleep(every_s)
    return parent, worker


def _tree_rss(process: Any) -> int:
    import psutil

    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return total
    return total


def last_json(text: str) -> dict[str, Any]:
    """The JSON object on the last non-empty line of a child's output.

    Raises:
        SystemExit: there is none; the end of the output is shown.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        raise SystemExit(f"a child process gave no result; its output ended: {text[-2000:]!r}") from None


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":", 1)[1].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "settings": {name: os.environ[name] for name in _SETTINGS if name in os.environ},
        "load_before": os.getloadavg(),
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def median_and_range(values: Sequence[float]) -> dict[str, float]:
    """Median, smallest and largest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "n": len(values)}


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def reached(value: float | None, target: float, *, at_least: bool) -> str:
    """Whether a figure reaches its target, in words."""
    if value is None:
        return "not measured"
    return "reached" if (value >= target if at_least else value <= target) else "**not reached**"


def finish(result: dict[str, Any], path: Path, text: str) -> None:
    """Print the table and write the JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, default=_plain) + "\n", encoding="utf-8")
    print(text)
    print(f"\nwritten: {path}", file=sys.stderr)


def _plain(value: Any) -> Any:
    if isinstance(value, Watched):
        return asdict(value)
    return str(value)
