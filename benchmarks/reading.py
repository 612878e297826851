"""Reading: cold start to the first opinion, and files a second against the same network in eager torch fp32.

    python benchmarks/reading.py
    python benchmarks/reading.py --learn 60 --unseen 80 --files 64 --repeats 1

One network (published weights, a head fitted on dermatoscopic images) becomes a study; 224 px JPEG files of
other lesions lie on the disk. Every way reads them in a process of its own, in alternating order, with the
same number of threads: torch eager fp32 under `no_grad` at the best of several batch sizes, with the same
decoding in a worker and the same preparation; ours as `thirdeye read` does it, from files to opinions with
heat maps, for every engine and precision. The loss is the difference of the AUC (malignant or not) on images
that the head has not seen, lesions as units. int8 takes its ranges from other images than those.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import arguments, finish, last_json, machine, median_and_range, reached, table, watch
from skin import parts

SIDE_PX = 224
LIMITS = {"cold_s": 1.0, "cold_mb": 300.0, "ratio": 3.0}
BATCHES = (1, 8, 32)
WAYS = ("torch-f32", "onnxruntime-f32", "onnxruntime-int8", "openvino-f32", "openvino-bf16", "openvino-int8")


def main() -> None:
    """Make the study, measure every way, compare."""
    parser = arguments(__doc__.splitlines()[0], "results/reading.json")
    parser.add_argument("--learn", type=int, default=400, help="images that the head is fitted on")
    parser.add_argument("--unseen", type=int, default=600, help="images that the loss is measured on")
    parser.add_argument("--files", type=int, default=400, help="of these, how many are timed")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keep the study and files here, and use them again")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder, options.files, options.threads)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        if not (folder / "ready").exists():
            make(folder, options)
        result = {"benchmark": "reading", "machine": machine(), "threads": options.threads}
        result["cold"] = cold(folder, options.repeats)
        result["ways"] = ways(folder, options)
        result["memory"] = run(folder, "memory", options)
        result["loss"] = losses(folder, result["ways"])
        finish(result, options.json, report(result))


def make(folder: Path, options: argparse.Namespace) -> None:
    """The study, its int8 network, and the files."""
    import numpy as np
    import torch
    from PIL import Image

    from thirdeye.case.study import Study
    from thirdeye.inference.assemble import assemble_reader
    from thirdeye.inference.calibration import Calibration
    from thirdeye.inference.facts import facts_of
    from thirdeye.inference.manifest import Manifest
    from thirdeye.inference.quantise import quantise
    from thirdeye.intake.pixels import load_file
    from thirdeye.model.build import build_network
    from thirdeye.model.files import save_network
    from thirdeye.transform.prepare import prepare

    torch.set_num_threads(options.threads)
    learn, unseen = parts(options.data, (options.learn, options.unseen), seed=0)
    wanted = {"size_px": SIDE_PX, "resize": "squash", "intensity": "full_range"}
    kept: dict[str, list[Path]] = {"learn": [], "unseen": []}
    for name, part in (("learn", learn), ("unseen", unseen)):
        (folder / name).mkdir(parents=True)
        for file in part.files:
            target = folder / name / f"{file.stem}.jpg"
            Image.open(file).convert("RGB").resize((SIDE_PX, SIDE_PX)).save(target, quality=92)
            kept[name].append(target)
    images = [load_file(path) for path in kept["learn"]]
    prepared = np.stack([prepare(image, **wanted) for image in images])
    torch.manual_seed(0)
    network, origin = build_network("efficientnet_lite0", n_outputs=2, weights="embedded")
    fit_head(network.eval(), prepared, learn.malignant)
    half = np.arange(len(images)) % 2 == 0
    study = Study(folder / "study")
    draft = Manifest(
        task="binary", classes=("benign", "malignant"), positive="malignant",
        architecture="efficientnet_lite0",
        input=wanted, calibration=Calibration("none", "binary"), onnx={}, weights=(vars(origin),),
        operating_points=({"name": "youden", "threshold": 0.3, "origin": "prespecified"},),
        members=({"file": "member_0.safetensors", "fold": -1},),
    )  # fmt: skip
    study.path("model").mkdir(parents=True)
    save_network(network, study.path("model/member_0.safetensors"))
    facts = [facts_of(image, square) for image, square in zip(images, prepared, strict=True)]
    assemble_reader(study, [network], draft, prepared=prepared, facts=facts, held_out=half[:, None])
    network_file = study.path("model/model.onnx").read_bytes()
    (folder / "int8.onnx").write_bytes(quantise(network_file, prepared))
    truth = {"files": [path.name for path in kept["unseen"]], "malignant": unseen.malignant.tolist(),
             "lesions": list(unseen.lesions)}  # fmt: skip
    (folder / "truth.json").write_text(json.dumps(truth))
    (folder / "ready").touch()


def fit_head(network: Any, prepared: Any, labels: Any) -> None:
    """Logistic regression on the frozen features, put into the network's head."""
    import numpy as np
    import torch
    from sklearn.linear_model import LogisticRegression

    def features(batch: Any) -> Any:
        images = torch.from_numpy(batch.astype(np.float32) / 255).movedim(-1, 1).contiguous()
        return network.features(images).mean(dim=(2, 3)).numpy()

    with torch.no_grad():
        rows = np.concatenate([features(prepared[k : k + 16]) for k in range(0, len(prepared), 16)])
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    fitted = LogisticRegression(C=0.01, max_iter=2000).fit((rows - centre) / spread, labels)
    weight = torch.from_numpy((fitted.coef_[0] / spread).astype(np.float32))
    bias = float(fitted.intercept_[0] - (fitted.coef_[0] / spread) @ centre)
    with torch.no_grad():
        network.head.weight.copy_(torch.stack([-weight / 2, weight / 2]))
        network.head.bias.copy_(torch.tensor([-bias / 2, bias / 2]))


def child(way: str, folder: Path, count: int, threads: int) -> None:
    """One way reads all unseen files; the first `count` are timed, after some that warm it up."""
    files = [folder / "unseen" / name for name in json.loads((folder / "truth.json").read_text())["files"]]
    if way == "memory":
        print(json.dumps(memory(folder, files, threads)))
        return
    read = by_torch(folder, threads) if way == "torch-f32" else by_us(folder, way, threads)
    best: dict[str, Any] = {}
    for batch, through in read:
        list(through(files[:40]))
        began, used = time.perf_counter(), time.process_time()
        values = list(through(files[:count]))
        seconds = time.perf_counter() - began
        found = {"images_per_s": len(values) / seconds, "batch": batch,
                 "processor_ms": 1000 * (time.process_time() - used) / len(values)}  # fmt: skip
        if found["images_per_s"] > best.get("images_per_s", 0):
            best = found
    print(json.dumps(best | {"probabilities": list(through(files))}))


def by_torch(folder: Path, threads: int) -> Iterator[tuple[int, Any]]:
    """Eager torch in fp32 at several batch sizes."""
    import numpy as np
    import torch

    from thirdeye.intake.decode import decoded
    from thirdeye.model.build import build_network
    from thirdeye.model.files import load_network
    from thirdeye.transform.prepare import prepare

    torch.set_num_threads(threads)
    network, _ = build_network("efficientnet_lite0", n_outputs=2, weights="none")
    load_network(network, folder / "study/model/member_0.safetensors").eval()

    def answers(squares: list[Any]) -> Iterator[float]:
        images = torch.from_numpy(np.stack(squares)).movedim(-1, 1).float().div_(255).contiguous()
        with torch.no_grad():
            yield from network(images).softmax(dim=1)[:, 1].tolist()

    for batch in BATCHES:

        def through(files: list[Path], batch: int = batch) -> Iterator[float]:
            waiting: list[Any] = []
            for image in decoded(files):
                waiting.append(prepare(image, size_px=SIDE_PX, resize="squash", intensity="full_range"))
                if len(waiting) == batch:
                    yield from answers(waiting)
                    waiting = []
            if waiting:
                yield from answers(waiting)

        yield batch, through


def reader_of(folder: Path, way: str, threads: int) -> Any:
    """Our reader with an engine and a precision."""
    from thirdeye.inference.engine import Engine
    from thirdeye.inference.runtime import runtime_of
    from thirdeye.inference.second_opinion import SecondReader

    runtime = runtime_of(*way.split("-"))
    reader = SecondReader.load(folder / "study", threads=threads)
    name = "int8.onnx" if runtime.precision == "int8" else "study/model/model.onnx"
    reader._engine = Engine(folder / name, threads=threads, runtime=runtime)
    return reader


def by_us(folder: Path, way: str, threads: int) -> Iterator[tuple[int, Any]]:
    """`thirdeye read`, files to opinions."""
    reader = reader_of(folder, way, threads)

    def through(files: list[Path]) -> Iterator[float]:
        for one in reader.read_many(files):
            form = one.opinion.as_json()
            yield form["probabilities"].get("malignant", -1.0)

    yield 16, through


def memory(folder: Path, files: list[Path], threads: int) -> dict[str, float]:
    """Resident memory while thousands of files are read."""
    import psutil

    process, seen = psutil.Process(), {}
    reader = reader_of(folder, "onnxruntime-f32", threads)
    many = [files[k % len(files)] for k in range(2000)]
    for number, _ in enumerate(reader.read_many(many), 1):
        if number in (200, 1000, 2000):
            seen[f"rss_mb_after_{number}"] = process.memory_info().rss / 1e6
    return seen


def run(folder: Path, way: str, options: argparse.Namespace) -> dict[str, Any]:
    """One child process."""
    command = [sys.executable, __file__, "--child", way, "--folder", str(folder),
               "--files", str(options.files), "--threads", str(options.threads)]  # fmt: skip
    limits = {"OMP_NUM_THREADS": str(options.threads)}
    done = watch(command, environment=limits)
    if done.code:
        raise SystemExit(f"{way} ended with code {done.code}")
    return last_json(done.output) | {"peak_rss_mb": done.peak_rss_mb}


def ways(folder: Path, options: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Every way, in alternating order."""
    from thirdeye.inference.runtime import has_openvino

    known = [way for way in WAYS if has_openvino() or not way.startswith("openvino")]
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in known}
    for repeat in range(options.repeats):
        for way in known if repeat % 2 == 0 else reversed(known):
            found[way].append(run(folder, way, options))
    return found


def cold(folder: Path, repeats: int) -> dict[str, Any]:
    """`thirdeye read` of one file, each time a new process, after one that warms the file cache."""
    image = sorted((folder / "unseen").iterdir())[0]
    program = Path(sys.executable).with_name("thirdeye")
    command = [str(program), "read", str(folder / "study"), str(image), "--json"]
    runs = [
        watch(command, every_s=0.01, environment={"PYTHONDONTWRITEBYTECODE": ""}) for _ in range(repeats + 1)
    ]
    if any(one.code for one in runs):
        raise SystemExit(f"thirdeye read failed: {runs[0].output[-500:]}")
    return median_and_range([one.seconds for one in runs[1:]]) | {
        "peak_rss_mb": max(one.peak_rss_mb for one in runs)
    }


def losses(folder: Path, found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """AUC of torch minus that of each way, on the same images; those without an opinion are left out."""
    import numpy as np

    from thirdeye.evaluation.paired import paired_auc

    truth = json.loads((folder / "truth.json").read_text())
    labels, lesions = np.array(truth["malignant"]), np.unique(truth["lesions"], return_inverse=True)[1]
    reference = np.array(found["torch-f32"][0]["probabilities"])
    said = {}
    for way, runs in found.items():
        values = np.array(runs[0].pop("probabilities"))
        for one in runs[1:]:
            one.pop("probabilities")
        kept = values >= 0
        gap = paired_auc(labels[kept], reference[kept], values[kept], clusters=lesions[kept])
        said[way] = {
            "auc": gap.second, "loss": gap.difference, "ci_low": gap.ci_low, "ci_high": gap.ci_high,
            "n": int(kept.sum()), "abstained": int((~kept).sum()),
            "largest_change": float(np.abs(values - reference)[kept].max()),
        }  # fmt: skip
    return said


def report(result: dict[str, Any]) -> str:
    """The tables."""
    base = [one["images_per_s"] for one in result["ways"]["torch-f32"]]
    rows = []
    for way, runs in result["ways"].items():
        speed = median_and_range([one["images_per_s"] for one in runs])
        ratio = median_and_range([one["images_per_s"] / b for one, b in zip(runs, base, strict=True)])
        result["ways"][way] = {"images_per_s": speed, "ratio": ratio, "runs": runs}
        loss = result["loss"][way]
        limits = "" if loss["ci_low"] is None else f" ({loss['ci_low']:+.4f} to {loss['ci_high']:+.4f})"
        rows.append(
            [way, span(speed, 1), span(ratio, 2), f"{loss['auc']:.4f}", f"{loss['loss']:+.4f}{limits}",
             loss["abstained"], f"{max(one['peak_rss_mb'] for one in runs):.0f}"]
        )  # fmt: skip
    header = (
        "way",
        "images/s",
        "times torch",
        "AUC",
        "AUC lost",
        "without opinion",
        "peak MB, worker included",
    )
    start = result["cold"]
    best = max(one["ratio"]["median"] for way, one in result["ways"].items() if way != "torch-f32")
    lines = [
        f"cold start {span(start, 2)} s: {reached(start['median'], LIMITS['cold_s'], at_least=False)}; "
        f"{start['peak_rss_mb']:.0f} MB: {reached(start['peak_rss_mb'], LIMITS['cold_mb'], at_least=False)}",
        f"fastest way {best:.2f} times torch: {reached(best, LIMITS['ratio'], at_least=True)}",
        f"memory {result['memory']}; load now {os.getloadavg()[0]:.1f}",
    ]
    return table(header, rows) + "\n\n" + "\n".join(lines)


def span(found: dict[str, float], digits: int) -> str:
    """Median and range."""
    return f"{found['median']:.{digits}f} ({found['min']:.{digits}f} to {found['max']:.{digits}f})"


if __name__ == "__main__":
    main()
