"""Reading a volume window by window: ours against MONAI's sliding window, same network, same volume.

    pip install monai openvino
    python benchmarks/sliding_window.py
    python benchmarks/sliding_window.py --window 48 --width 24          # as a plan for two cores sets them
    python benchmarks/sliding_window.py --sides 96 96 64 --window 48 --repeats 1

Every way reads the volume in a process of its own, in alternating order: MONAI's `sliding_window_inference`
at its defaults (Gaussian weighting and the overlap asked for), the same under our settings of the memory
allocator, and ours with torch, ONNX Runtime and OpenVINO. The clock runs over the reading alone, from the
volume in memory to one label a voxel (MONAI: to its summed logits, so that its argmax costs it nothing);
networks are loaded and have read one window before. Memory is the process's largest resident size while it
reads, first window included, over its size when network and volume are loaded. The same is measured once
with a network that answers without computing, which leaves what the loop itself holds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, last_json, machine, median_and_range, reached, table, watch

MONAI = "monai"
WAYS = (MONAI, "monai_kept_memory", "torch", "onnxruntime", "openvino")
NAMES = {
    MONAI: "MONAI, its defaults",
    "monai_kept_memory": "MONAI, memory kept as by ours",
    "torch": "ours, torch",
    "onnxruntime": "ours, ONNX Runtime",
    "openvino": "ours, OpenVINO",
}
WITH_OPTIONAL, WITH_BASE = 0.45, 0.65  # of MONAI's time
EQUAL, EXTRA_MB = 0.9999, 200.0
STRUCTURES = 2


@dataclass(frozen=True)
class Job:
    """What one child process does."""

    way: str
    folder: str
    window: int
    overlap: float
    batch: int
    width: int
    threads: int
    computes: bool


def main() -> None:
    """Interleave the ways and compare them; `--child` is for this script itself."""
    parser = arguments(__doc__.splitlines()[0], "results/sliding_window.json")
    parser.add_argument("--sides", type=int, nargs=3, default=(256, 256, 128))
    parser.add_argument("--window", type=int, default=96, help="side of a window")
    parser.add_argument("--overlap", type=float, default=0.5)
    parser.add_argument("--batch", type=int, default=1, help="windows read at a time, by all")
    parser.add_argument("--width", type=int, default=16, help="channels of the network's finest level")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(read_once(Job(**json.loads(options.child)))))
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(options, Path(folder))


def compare(options: argparse.Namespace, folder: Path) -> None:
    """All repeats, the table and the JSON."""
    make_inputs(folder, tuple(options.sides), options.window, options.width, options.threads)
    ways = [way for way in options.ways if way == MONAI or is_there(way)]
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    described = machine()
    for repeat in range(options.repeats):
        for way in ways[:: 1 if repeat % 2 == 0 else -1]:
            runs[way].append(run(way, options, folder))
    loops = {way: run(way, options, folder, computes=False)["extra_mb"] for way in ways}
    result = {
        "machine": described,
        "options": {key: value for key, value in vars(options).items() if key not in ("child", "data")},
        "runs": runs,
        "loop_alone_mb": loops,
        "summary": {way: summary(way, runs, loops[way]) for way in ways},
    }
    finish(result, options.json, text(result["summary"]))


def is_there(way: str) -> bool:
    """Whether what a way needs is installed; said when it is not."""
    from importlib.util import find_spec

    needs = {"monai_kept_memory": "monai"}.get(way, way)
    if find_spec(needs) is None:
        print(f"{NAMES[way]}: left out, '{needs}' is not installed (pip install {needs})", file=sys.stderr)
        return False
    return True


def run(way: str, options: argparse.Namespace, folder: Path, *, computes: bool = True) -> dict[str, Any]:
    """One reading in a process of its own; how many of its labels are MONAI's is added."""
    job = Job(
        way, str(folder), options.window, options.overlap, options.batch, options.width, options.threads,
        computes,
    )  # fmt: skip
    threads = {"OMP_NUM_THREADS": str(options.threads)}
    child = watch([sys.executable, __file__, "--child", json.dumps(asdict(job))], environment=threads)
    if child.code != 0:
        raise SystemExit(f"{NAMES[way]} failed; its output ended: {child.output[-1000:]!r}")
    found = last_json(child.output)
    if computes:
        found["equal"] = float((np.load(folder / f"{way}.npy") == np.load(folder / f"{MONAI}.npy")).mean())
        print(f"{NAMES[way]}: {found['seconds']:.2f} s", file=sys.stderr)
    return found


def make_inputs(folder: Path, sides: tuple[int, ...], window: int, width: int, threads: int) -> None:
    """A made-up volume, a network with weights drawn at random but fixed, and its ONNX file."""
    import torch
    from scipy import ndimage

    from thirdeye.inference.dense.export import export_dense

    noise = np.random.default_rng(0).normal(size=sides).astype(np.float32)
    smooth = ndimage.gaussian_filter(noise, 3)
    np.save(folder / "volume.npy", (smooth / smooth.std() + 0.3 * noise)[None].astype(np.float32))
    torch.set_num_threads(threads)
    network = made_network(width)
    torch.save(network.state_dict(), folder / "network.pt")
    export_dense(network, folder / "network.onnx", channels=1, patch=(window,) * 3)


def made_network(width: int) -> Any:
    """The U-Net of five levels that a plan gives volumes of equal spacing."""
    import torch

    from thirdeye.model.architectures.unet import UNetShape
    from thirdeye.model.build_dense import build_dense, widths

    torch.manual_seed(0)
    shape = UNetShape(1, STRUCTURES + 1, widths(width, 5), ((2, 2, 2),) * 4, ((3, 3, 3),) * 5)
    return build_dense("unet", shape)[0].eval()


def read_once(job: Job) -> dict[str, Any]:
    """One reading in this process: seconds and memory; the labels go into a file."""
    if job.way != MONAI:
        from thirdeye.training.machine import prepare_process

        prepare_process()
    prepare = prepare_monai if job.way.startswith(MONAI) else prepare_ours
    warm_up, read, labels_of = prepare(job)
    before = resident_mb()
    reset_peak()
    warm_up()
    started = time.perf_counter()
    answer = read()
    seconds = time.perf_counter() - started
    peak = peak_mb()
    if job.computes:
        np.save(Path(job.folder) / f"{job.way}.npy", labels_of(answer))
    return {"seconds": seconds, "extra_mb": peak - before, "before_mb": before}


Prepared = tuple[Callable[[], Any], Callable[[], Any], Callable[[Any], Any]]


def prepare_monai(job: Job) -> Prepared:
    """Network and volume loaded; how to warm up, how to read, and the labels of the answer."""
    import torch
    from monai.inferers import sliding_window_inference

    torch.set_num_threads(job.threads)
    network = loaded_network(job)
    volume = torch.from_numpy(np.load(Path(job.folder) / "volume.npy"))[None]

    def without_work(windows: Any) -> Any:
        return windows.new_zeros((len(windows), STRUCTURES + 1, *windows.shape[2:]))

    def read() -> Any:
        with torch.inference_mode():
            return sliding_window_inference(
                volume, (job.window,) * 3, job.batch, network if job.computes else without_work,
                overlap=job.overlap, mode="gaussian",
            )  # fmt: skip

    def warm_up() -> None:
        with torch.inference_mode():
            network(volume[..., : job.window, : job.window, : job.window])

    return (warm_up if job.computes else lambda: None), read, lambda sums: sums[0].argmax(0).numpy()


def prepare_ours(job: Job) -> Prepared:
    """The same with our windows and one of our engines."""
    from thirdeye.transform.dense.windows import Windows, most_likely

    engine = opened_engine(job)
    volume = np.load(Path(job.folder) / "volume.npy")
    windows = Windows((job.window,) * 3, job.overlap, job.batch)

    def without_work(some: Any) -> Any:
        return np.zeros((len(some), STRUCTURES + 1, *some.shape[2:]), np.float32)

    def read() -> Any:
        network = engine.run if job.computes else without_work
        return most_likely(volume, network, windows, n_outputs=STRUCTURES + 1)

    def warm_up() -> None:
        engine.run(np.ascontiguousarray(volume[None, :, : job.window, : job.window, : job.window]))

    return (warm_up if job.computes else lambda: None), read, lambda labels: labels


def opened_engine(job: Job) -> Any:
    """The engine of a way, ready to run."""
    if job.way == "torch":
        import torch

        from thirdeye.training.dense.engine import TorchEngine

        torch.set_num_threads(job.threads)
        return TorchEngine(loaded_network(job), "fp32")
    from thirdeye.inference.dense.engine import DenseEngine

    return DenseEngine(Path(job.folder) / "network.onnx", threads=job.threads, runtime=job.way)


def loaded_network(job: Job) -> Any:
    """The torch network with the weights that all share."""
    import torch

    network = made_network(job.width)
    network.load_state_dict(torch.load(Path(job.folder) / "network.pt", weights_only=True))
    return network


def resident_mb() -> float:
    """Resident memory now, 10^6 bytes."""
    return _status("VmRSS")


def peak_mb() -> float:
    """Largest resident memory since `reset_peak`."""
    return _status("VmHWM")


def reset_peak() -> None:
    """Forget the largest resident memory so far (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")


def _status(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field))


def summary(way: str, runs: dict[str, list[dict[str, Any]]], loop_mb: float) -> dict[str, Any]:
    """Medians of one way, and its ratio to MONAI within each repeat."""
    ratios = [
        ours["seconds"] / theirs["seconds"] for ours, theirs in zip(runs[way], runs[MONAI], strict=True)
    ]
    return {
        "seconds": median_and_range([one["seconds"] for one in runs[way]]),
        "ratio": median_and_range(ratios),
        "extra_mb": statistics.median(one["extra_mb"] for one in runs[way]),
        "loop_alone_mb": loop_mb,
        "equal": min(one["equal"] for one in runs[way]),
    }


def text(summaries: dict[str, dict[str, Any]]) -> str:
    """The table, and what was to be reached."""
    rows = [
        (
            NAMES[way], f"{one['seconds']['median']:.2f}", f"{one['ratio']['median']:.2f}",
            f"{one['ratio']['min']:.2f} to {one['ratio']['max']:.2f}", f"{100 * one['equal']:.4f} %",
            f"{one['extra_mb']:.0f}", f"{one['loop_alone_mb']:.0f}",
        )
        for way, one in summaries.items()
    ]  # fmt: skip
    head = ("way", "s", "of MONAI's time", "range", "labels equal", "extra MB", "of it the loop alone")
    return "\n".join([table(head, rows), "", *judged(summaries)])


def judged(summaries: dict[str, dict[str, Any]]) -> list[str]:
    """Each aim with what became of it."""
    base = [one["ratio"]["median"] for way, one in summaries.items() if way in ("torch", "onnxruntime")]
    optional = summaries.get("openvino", {}).get("ratio", {}).get("median")
    ours = {way: one for way, one in summaries.items() if not way.startswith(MONAI)}
    equal = min((one["equal"] for one in ours.values()), default=None)
    extra = max((one["extra_mb"] for one in ours.values()), default=None)
    said = (
        (
            f"OpenVINO at most {WITH_OPTIONAL} of MONAI's time",
            reached(optional, WITH_OPTIONAL, at_least=False),
        ),
        (
            f"torch or ONNX Runtime at most {WITH_BASE}",
            reached(min(base, default=None), WITH_BASE, at_least=False),
        ),
        (f"labels equal, at least {100 * EQUAL} %", reached(equal, EQUAL, at_least=True)),
        (f"extra memory at most {EXTRA_MB:.0f} MB, all of ours", reached(extra, EXTRA_MB, at_least=False)),
    )
    return [f"- {what}: {how}" for what, how in said]


if __name__ == "__main__":
    main()
