"""How long `thirdeye check` takes, and whether its memory stays flat as the set grows.

    python benchmarks/check_speed.py
    python benchmarks/check_speed.py --sizes 1000 10000 30000 --kinds png jpeg

Makes sets of 256 x 256 images (grey PNG, or JPEG in colour at quality 90) in a temporary folder, a folder per
class, and checks each in a process of its own, with everything that is registered. Every image differs from
every other. The memory is the largest resident set of the parent and of a worker.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from common import arguments, finish, machine, peak_memory, reached, table

SIDE_PX = 256
TARGET_S = 180.0
TARGET_IMAGES = 10_000
CHILD = """
import json, sys, time
from thirdeye.journey.checking import check
began = time.monotonic()
marks = []
def tell(event):
    if event.kind == "progress":
        marks.append(time.monotonic())
        del marks[1:-1]
checked = check(sys.argv[1], tell=tell)
seconds = {"open": marks[0] - began, "pass": marks[-1] - marks[0], "checks": time.monotonic() - marks[-1]}
slow = sorted(checked.examination.runs, key=lambda run: -run.duration_s)[:8]
print(json.dumps({
    "seconds_by_part": seconds,
    "images": len(checked.examination.facts),
    "unreadable": int((checked.examination.facts["error"] != "").sum()),
    "slowest_checks_s": {run.check: run.duration_s for run in slow},
    "findings": [finding.check for finding in checked.examination.findings],
}))
"""


def main() -> None:
    """Make the sets, check each, and compare with the target."""
    parser = arguments(__doc__.splitlines()[0], "results/check_speed.json")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--kinds", nargs="+", choices=["png", "jpeg"], default=["png", "jpeg"])
    options = parser.parse_args()
    here = machine()
    runs = []
    with tempfile.TemporaryDirectory() as temporary:
        for kind in options.kinds:
            for size in sorted(options.sizes):
                folder = Path(temporary) / f"{kind}{size}"
                make(folder, kind, size)
                runs.append({"kind": kind, "size": size, **measured(folder)})
                print(json.dumps(runs[-1]), file=sys.stderr)
    finish({"benchmark": "check_speed", "machine": here, "runs": runs}, options.json, report(runs))


def make(folder: Path, kind: str, size: int) -> None:
    """A set of so many images: two classes, five images a patient."""
    with ProcessPoolExecutor() as pool:
        list(pool.map(_make_one, [folder] * size, [kind] * size, range(size), chunksize=100))


def _make_one(folder: Path, kind: str, number: int) -> None:
    """A smooth random field with a bright disc and noise, different for every number."""
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng(number)
    channels = 3 if kind == "jpeg" else 1
    planes = []
    for _ in range(channels):
        coarse = draw.uniform(40, 200, (9, 9)).astype(np.float32)
        smooth = Image.fromarray(coarse).resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC)
        planes.append(np.asarray(smooth))
    field = np.stack(planes, axis=-1)
    y, x = np.mgrid[:SIDE_PX, :SIDE_PX]
    centre, radius = draw.uniform(60, 196, 2), draw.uniform(10, 50)
    field = field + 40 * (np.hypot(y - centre[0], x - centre[1]) < radius)[:, :, None]
    field = np.clip(field + draw.normal(0, 4, field.shape), 0, 255).astype(np.uint8)
    name = "ill" if number // 5 % 2 else "healthy"
    suffix = "jpg" if kind == "jpeg" else "png"
    path = folder / name / f"patient{number // 5:06d}_{number % 5}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(field.squeeze()).save(path, quality=90)


def measured(folder: Path) -> dict[str, Any]:
    """Check one set in a fresh process; time, and the largest memory of the parent and of a worker."""
    began, cpu = time.perf_counter(), cpu_s()
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    parent, worker = peak_memory(child)
    seconds = time.perf_counter() - began
    output, errors = child.communicate()
    if child.returncode:
        raise SystemExit(f"the check ended with code {child.returncode}: {errors[-2000:]}")
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return {
        "seconds": seconds,
        "cpu_s": cpu_s() - cpu,
        "parent_mb": parent / 1e6,
        "worker_mb": worker / 1e6,
        **found,
    }


def cpu_s() -> float:
    """Processor seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(runs: list[dict[str, Any]]) -> str:
    """The table."""
    rows = []
    for run in runs:
        goal = TARGET_S * run["size"] / TARGET_IMAGES
        parts = run["seconds_by_part"]
        verdict = reached(run["seconds"], TARGET_S, at_least=False) if run["size"] == TARGET_IMAGES else ""
        slowest = next(iter(run["slowest_checks_s"].items()))
        rows.append(
            [
                f"{run['size']:,} {run['kind'].upper()}",
                f"{run['seconds']:.0f} {verdict}".strip(),
                f"{goal:.0f}",
                f"{run['cpu_s']:.0f}",
                f"{parts.get('pass', 0):.0f}",
                f"{parts.get('checks', 0):.0f} ({slowest[0]} {slowest[1]:.1f})",
                f"{1e3 * run['seconds'] / run['size']:.1f}",
                f"{run['parent_mb']:.0f}",
                f"{run['worker_mb']:.0f}",
            ]
        )
    header = (
        "set", "seconds", "target", "processor s", "pass", "checks (slowest)", "ms an image", "parent, MB",
        "worker, MB",
    )  # fmt: skip
    return table(header, rows)


if __name__ == "__main__":
    main()
