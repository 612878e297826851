"""Footprint: what the base weighs, that no torch is in it, and how long a doctor waits.

    python benchmarks/footprint.py --study STUDY --image FILE
    python benchmarks/footprint.py --study STUDY --image FILE --environment VENV

Installs the package without extras into a fresh environment (`pip install .` by the index that pip is set up
with), adds up its files, imports `thirdeye` there and looks for torch, and times `thirdeye --help` and
`thirdeye read` of one image with its heat map, each as a cold process, in that light environment. Byte code,
which Python writes at first use and which adds about a third, is not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from common import Watched, arguments, finish, machine, median_and_range, reached, table, watch

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {"installed_mb": 400.0, "help_s": 0.3, "read_s": 1.0}
WAYS = {"read_json": "JSON", "read_heat_map": "text and heat map", "read_html": "page with heat map"}
INSTALLERS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")  # of any venv
HEAVY = ("torch", "torchvision", "sklearn", "pandas", "matplotlib", "scipy")


def main() -> None:
    """Install, weigh, look and time."""
    parser = arguments(__doc__.splitlines()[0], "results/footprint.json")
    parser.add_argument("--study", type=Path, help="a finished study; without one, reading is not timed")
    parser.add_argument("--image", type=Path, help="the image to read")
    parser.add_argument("--environment", type=Path, help="measure this environment instead of a fresh one")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = options.environment or Path(temporary) / "base"
        install_s = None if options.environment else install(place)
        result: dict[str, Any] = {"benchmark": "footprint", "machine": machine(), "install_s": install_s}
        result |= weigh(place)
        result["imported"] = imported(place)
        result["help"] = timed(place, ["--help"], options.repeats)
        if options.study and options.image:
            for name, words in read_options(Path(temporary)).items():
                command = ["read", options.study, options.image, *words]
                result[name] = timed(place, command, options.repeats)
    finish(result, options.json, report(result))


def read_options(folder: Path) -> dict[str, list[Any]]:
    """The ways of reading that are timed."""
    return {
        "read_json": ["--json"],
        "read_heat_map": ["--out", folder / "maps"],
        "read_html": ["--html", folder / "page.html"],
    }


def install(place: Path) -> float:
    """A fresh environment with the base; seconds that pip took."""
    venv.create(place, with_pip=True)
    command = [
        str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile", str(ROOT)
    ]  # fmt: skip
    watched = watch(command, log=place / "pip.log")
    if watched.code:
        raise SystemExit(f"pip install ended with code {watched.code}: {(place / 'pip.log').read_text()}")
    return watched.seconds


def weigh(place: Path) -> dict[str, Any]:
    """Megabytes (10^6) on disk, of all packages but pip and setuptools, and of the largest ten."""
    packages = next(place.glob("lib/python*/site-packages"))
    sizes = {
        entry.name: sum(file.lstat().st_size for file in _files(entry)) / 1e6 for entry in packages.iterdir()
    }
    ours = {name: size for name, size in sizes.items() if not name.startswith(INSTALLERS)}
    largest = sorted(ours.items(), key=lambda item: -item[1])[:10]
    return {
        "installed_mb": sum(ours.values()),
        "with_pip_mb": sum(sizes.values()),
        "largest_mb": dict(largest),
        "torch_installed": any(name == "torch" or name.startswith("torch-") for name in sizes),
    }


def _files(entry: Path) -> list[Path]:
    return [entry] if not entry.is_dir() else [file for file in entry.rglob("*") if file.is_file()]


def imported(place: Path) -> dict[str, Any]:
    """Seconds of `import thirdeye` and the heavy libraries that came with it."""
    code = (
        "import json, sys, time; t = time.perf_counter(); import thirdeye; "
        "s = time.perf_counter() - t; "
        f"print(json.dumps({{'seconds': s, 'heavy': [m for m in {HEAVY!r} if m in sys.modules]}}))"
    )
    done = subprocess.run(
        [str(place / "bin" / "python"), "-c", code], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def timed(place: Path, words: list[Any], repeats: int) -> dict[str, Any]:
    """Wall time of cold processes after one that warms the file cache, and the largest peak memory."""
    command = [str(place / "bin" / "thirdeye"), *map(str, words)]
    runs = [watch(command, every_s=0.02) for _ in range(repeats + 1)]
    if any(run.code for run in runs):
        raise SystemExit(f"{' '.join(command)} ended with code {runs[0].code}: {runs[0].output[-1000:]}")
    return median_and_range([run.seconds for run in runs[1:]]) | {"peak_rss_mb": peak(runs)}


def peak(runs: list[Watched]) -> float:
    """Largest of the runs."""
    return max(run.peak_rss_mb for run in runs)


def report(result: dict[str, Any]) -> str:
    """The table."""
    rows: list[list[object]] = [
        _row("base install, MB", result["installed_mb"], LIMITS["installed_mb"], 0),
        ["torch in it", "no", "yes" if result["torch_installed"] else "no", ""],
        ["`import thirdeye`, s", "", f"{result['imported']['seconds']:.2f}", _heavy(result)],
        _row("`thirdeye --help`, s", result["help"]["median"], LIMITS["help_s"], 2),
    ]
    for name, what in WAYS.items():
        if name in result:
            found = result[name]
            rows.append(_row(f"`thirdeye read`, {what}, s", found["median"], LIMITS["read_s"], 2))
            rows[-1][2] = (
                f"{rows[-1][2]} ({found['min']:.2f} to {found['max']:.2f}; {found['peak_rss_mb']:.0f} MB)"
            )
    weights = ", ".join(f"{name} {size:.0f}" for name, size in result["largest_mb"].items())
    return table(("what", "limit", "measured", ""), rows) + f"\n\nLargest, MB: {weights}"


def _heavy(result: dict[str, Any]) -> str:
    heavy = result["imported"]["heavy"]
    return f"loads {', '.join(heavy)}" if heavy else "loads nothing heavy"


def _row(what: str, value: float, limit: float, digits: int) -> list[object]:
    return [what, f"<= {limit:g}", f"{value:.{digits}f}", reached(value, limit, at_least=False)]


if __name__ == "__main__":
    sys.exit(main())
