"""Fine-tuning throughput at 224 px: ours against the stock torch loop of the same network on the same images.

    python benchmarks/throughput.py
    python benchmarks/throughput.py --images 64 --holdout 32 --evaluation 64 --epochs 1 --repeats 1

Both start from the same pre-trained weights, see the same images for the same epochs in batches of the same
size, and read the same held-out images after each epoch. Each repeat runs both, each in a process of its own,
in alternating order. The stock loop is what the tutorials show: default memory format, AdamW with default
settings, JPEG files decoded and augmented by torchvision on PIL images in two DataLoader workers, fp32, no
settings of the allocator. Ours decodes once into the cache; that time is reported apart and in the total.
Equality is shown by the AUC (malignant or not) on images that neither has seen.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common import arguments, finish, last_json, machine, median_and_range, reached, table, watch
from skin import parts

SIDE_PX = 224
TARGET_RATIO = 1.8


@dataclass(frozen=True)
class Job:
    """What one child process does."""

    data: str
    images: int
    holdout: int
    evaluation: int
    epochs: int
    batch_size: int
    seed: int
    architecture: str


def main() -> None:
    """Interleave the two loops and compare them; `--child` is for this script itself."""
    parser = arguments(__doc__.splitlines()[0], "results/throughput.json")
    parser.add_argument("--images", type=int, default=800, help="images learned from in an epoch")
    parser.add_argument("--holdout", type=int, default=100, help="images read after each epoch")
    parser.add_argument("--evaluation", type=int, default=400, help="images for the AUC at the end")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--architecture", default="efficientnet_lite0", help="as `build_network` knows it")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        LOOPS[options.child](Job(**json.loads(options.job)))
        return
    here = machine()
    runs = [
        run(loop, job_of(options, repeat))
        for repeat in range(options.repeats)
        for loop in (list(LOOPS) if repeat % 2 == 0 else list(LOOPS)[::-1])
    ]
    summary = summarise(runs)
    result = {"benchmark": "throughput", "machine": here, "options": vars(options), "runs": runs}
    finish(result | {"summary": summary}, options.json, report(summary))


def job_of(options: argparse.Namespace, repeat: int) -> Job:
    """The job of one repeat; both loops get the same."""
    return Job(
        str(options.data.resolve()),
        options.images,
        options.holdout,
        options.evaluation,
        options.epochs,
        options.batch_size,
        options.seed + repeat,
        options.architecture,
    )


def run(loop: str, job: Job) -> dict[str, Any]:
    """One loop in one process."""
    command = [sys.executable, __file__, "--child", loop, "--job", json.dumps(asdict(job))]
    watched = watch(command)
    if watched.code:
        raise SystemExit(f"the {loop} loop ended with code {watched.code}")
    found = last_json(watched.output)
    line = f"{loop}, seed {job.seed}: {found['images_per_s']:.1f} images/s, AUC {found['auc']:.3f}"
    print(line, file=sys.stderr)
    return {"loop": loop, "seed": job.seed, "peak_rss_mb": watched.peak_rss_mb, **found}


def stock(job: Job) -> None:
    """The loop of the tutorials."""
    import numpy as np
    import torch
    from PIL import Image
    from torch import nn
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms

    from thirdeye.model.build import build_network

    train, holdout, evaluation = parts(Path(job.data), _sizes(job), seed=job.seed)
    torch.manual_seed(job.seed)
    augment = transforms.Compose(
        [
            transforms.RandomResizedCrop(SIDE_PX, scale=(0.7, 1.0)),
            transforms.RandomHorizontalFlip(),
            transforms.RandomVerticalFlip(),
            transforms.RandomRotation(20),
            transforms.ColorJitter(0.1, 0.25, 0.15),
            transforms.ToTensor(),
        ]
    )
    plain = transforms.Compose([transforms.Resize((SIDE_PX, SIDE_PX)), transforms.ToTensor()])

    class Files(Dataset):  # type: ignore[type-arg]
        def __init__(self, part: Any, transform: Any) -> None:
            self.files, self.labels, self.transform = part.files, part.malignant, transform

        def __len__(self) -> int:
            return len(self.files)

        def __getitem__(self, index: int) -> tuple[Any, int]:
            with Image.open(self.files[index]) as image:
                return self.transform(image.convert("RGB")), int(self.labels[index])

    def loader(part: Any, transform: Any, shuffle: bool) -> Any:
        return DataLoader(Files(part, transform), batch_size=job.batch_size, shuffle=shuffle, num_workers=2)

    network, _ = build_network(job.architecture, n_outputs=2, weights="embedded")
    optimiser = torch.optim.AdamW(network.parameters())
    criterion = nn.CrossEntropyLoss()

    def read(part: Any) -> Any:
        network.eval()
        with torch.no_grad():
            return np.concatenate([network(batch).numpy() for batch, _ in loader(part, plain, False)])

    started = time.perf_counter()
    for _ in range(job.epochs):
        network.train()
        for images, labels in loader(train, augment, True):
            optimiser.zero_grad()
            criterion(network(images), labels).backward()
            optimiser.step()
        read(holdout)
    training_s = time.perf_counter() - started
    tell(job, training_s, 0.0, read(evaluation), evaluation.malignant)


def ours(job: Job) -> None:
    """The package's own loop, with the plan's own augmentation and rates."""
    from thirdeye.training.machine import prepare_process

    prepare_process()
    import numpy as np
    import torch

    from thirdeye.intake.pixels import load_image
    from thirdeye.model.build import build_network
    from thirdeye.training.loop import Member, fine_tune, predict
    from thirdeye.transform.prepare import prepare

    train, holdout, evaluation = parts(Path(job.data), _sizes(job), seed=job.seed)
    torch.manual_seed(job.seed)
    network, _ = build_network(job.architecture, n_outputs=2, weights="embedded")
    plan = plan_of(job)
    began = time.perf_counter()
    root = train.files[0].parent
    seen = [*train.files, *holdout.files]

    def prepared(files: list[Path]) -> Any:
        one = {"size_px": SIDE_PX, "resize": plan.resize, "intensity": plan.intensity}
        return np.stack([prepare(load_image(root, file.name), **one) for file in files])

    images = prepared(seen)
    preparing_s = time.perf_counter() - began
    labels = np.concatenate([train.malignant, holdout.malignant]).astype(np.int64)
    member = Member(0, np.arange(len(train.files)), np.arange(len(train.files), len(seen)), "benchmark")
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        fitted = fine_tune(
            network, images, labels, member, plan,
            on_epoch=lambda record: None,
            deadline=time.monotonic() + 1e6,
            checkpoint_path=Path(folder) / "member.pt",
        )  # fmt: skip
        training_s = time.perf_counter() - started
        if len(fitted.history) != job.epochs:
            raise SystemExit(f"stopped after {len(fitted.history)} of {job.epochs} epochs: not comparable")
        unseen = prepared(evaluation.files)
        logits = predict(fitted.network, unseen, np.arange(len(unseen)))
        tell(job, training_s, preparing_s, logits, evaluation.malignant)


def plan_of(job: Job) -> Any:
    """The plan that the rules give for these data, with the benchmark's size, epochs and batch."""
    from thirdeye.plan.make import make_plan
    from thirdeye.plan.rules import Facts

    half = (job.images + job.holdout) // 2
    facts = Facts(
        task="binary",
        classes=("benign", "malignant"),
        positive="malignant",
        class_counts={"benign": half, "malignant": half},
        n_development=2 * half,
        n_training=job.images,
        validation_counts={},
        fewest_groups=half,
        side_px=SIDE_PX,
        aspect_spread=1.0,
        colour_share=1.0,
        deep_share=0.0,
        has_bf16="avx512_bf16" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace"),
        images_per_s=30.0,
        budget_s=900.0,
        seed=job.seed,
    )
    fixed = {"image_size_px": SIDE_PX, "epochs": job.epochs, "batch_size": job.batch_size}
    return make_plan(facts, fixed | {"architecture": job.architecture, "weights": "embedded"})


def _sizes(job: Job) -> tuple[int, int, int]:
    return job.images, job.holdout, job.evaluation


def tell(job: Job, training_s: float, preparing_s: float, logits: Any, truth: Any) -> None:
    """Print the child's result; the final reading of the evaluation images is part of neither's time."""
    from thirdeye.evaluation.auc import auc

    found = auc(truth.astype(bool), logits[:, 1] - logits[:, 0])
    print(json.dumps({"auc": found.value, **timing(job, training_s, preparing_s)}))


def timing(job: Job, training_s: float, preparing_s: float) -> dict[str, float]:
    """Seconds and images per second."""
    learned = job.images * job.epochs
    return {
        "training_s": training_s,
        "preparing_s": preparing_s,
        "images_per_s": learned / training_s,
        "images_per_s_with_preparing": learned / (training_s + preparing_s),
    }


LOOPS: dict[str, Callable[[Job], None]] = {"stock": stock, "ours": ours}


def summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of each loop, and the ratio within each repeat."""
    loops = {name: [one for one in runs if one["loop"] == name] for name in LOOPS}
    keys = ("images_per_s", "images_per_s_with_preparing", "preparing_s", "peak_rss_mb", "auc")
    summary: dict[str, Any] = {
        name: {key: median_and_range([one[key] for one in found]) for key in keys}
        for name, found in loops.items()
    }
    for key in ("images_per_s", "images_per_s_with_preparing"):
        pairs = zip(loops["ours"], loops["stock"], strict=True)
        summary[f"ratio_{key}"] = median_and_range([a[key] / b[key] for a, b in pairs])
    differences = [a["auc"] - b["auc"] for a, b in zip(loops["ours"], loops["stock"], strict=True)]
    summary["auc_difference"] = median_and_range(differences) | {"mean": statistics.mean(differences)}
    return summary


def report(summary: dict[str, Any]) -> str:
    """The table."""
    rows = []
    for name in LOOPS:
        one = summary[name]
        rows.append(
            [
                name,
                _span(one["images_per_s"], 1),
                _span(one["images_per_s_with_preparing"], 1),
                _span(one["peak_rss_mb"], 0),
                _span(one["auc"], 3),
            ]
        )
    ratio = summary["ratio_images_per_s"]
    rows.append(
        [
            f"ours / stock (target {TARGET_RATIO}: {reached(ratio['median'], TARGET_RATIO, at_least=True)})",
            _span(ratio, 2),
            _span(summary["ratio_images_per_s_with_preparing"], 2),
            "",
            f"difference {_span(summary['auc_difference'], 3)}",
        ]
    )
    header = (
        "loop, median (range)",
        "images/s",
        "images/s with preparing",
        "peak memory, MB",
        "AUC, unseen images",
    )
    return table(header, rows)


def _span(found: dict[str, float], digits: int) -> str:
    return f"{found['median']:.{digits}f} ({found['min']:.{digits}f} to {found['max']:.{digits}f})"


if __name__ == "__main__":
    main()
