"""Segmentation: what `thirdeye run` reaches on public sets within a time budget, against published figures.

    python benchmarks/segmentation_quality.py drive --budget 30m
    python benchmarks/segmentation_quality.py kvasir_seg --budget 30m
    python benchmarks/segmentation_quality.py msd_task04_hippocampus --budget 30m --folds 0 1 2 3 4

Each study is fresh and in a process of its own. `drive` has an official test part; of `kvasir_seg` one fifth
is drawn. Of the hippocampus each outer fold is the test part of one study, as a table with a column `split`
says, so that every one of the 200 given cases is read once by networks that never saw it; what a study
chooses, it chooses on the four other folds. Figures of several folds rest on all their cases together.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, machine, reached, table, watch

from thirdeye.journey.duration import seconds as budget_seconds

RESAMPLES = 2000
FOLDS = 5


@dataclass(frozen=True)
class Target:
    """A figure to reach: `metric` over the cases of `structure`, and where it comes from."""

    metric: str
    structure: int
    at_least: float
    why: str


SETS: dict[str, tuple[Target, ...]] = {
    "drive": (
        Target("pixel_auc", 0, 0.978, "U-Net .979; inside the field of view"),
        Target("dice", 0, 0.80, "U-Net .787 to .82; second observer .788"),
    ),
    "kvasir_seg": (Target("dice", 0, 0.82, "U-Net .860 with a GPU and 1,450 training images"),),
    "msd_task04_hippocampus": (
        Target("dice", 0, 0.88, "anterior; nnU-Net 2-D .885, 3-D .899"),
        Target("dice", 1, 0.865, "posterior; nnU-Net 2-D .867, 3-D .882"),
    ),
}


def main() -> None:
    """Run the studies of one set and judge them."""
    parser = arguments(__doc__.splitlines()[0], "results/segmentation_quality.json")
    parser.add_argument("set", choices=list(SETS))
    parser.add_argument("--budget", default="30m", help="of each study")
    parser.add_argument("--folds", type=int, nargs="+", default=list(range(FOLDS)), help="of the hippocampus")
    parser.add_argument("--studies", type=Path, help="keep the studies here (default: a temporary folder)")
    parser.add_argument("--option", action="append", default=[], help="further words for `thirdeye run`")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = options.studies or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        here, runs = machine(), []
        for name, source in sources(options.set, options.data, options.folds, place):
            runs.append(run_study(name, source, place / f"{name}_study", options.budget, options.option))
            print(brief(runs[-1]), file=sys.stderr, flush=True)
        figures = [judged(target, runs) for target in SETS[options.set]]
    result = {"benchmark": "segmentation_quality", "machine": here, "set": options.set, "runs": runs}
    finish(result | {"figures": figures}, options.json, report(options.set, options.budget, runs, figures))
    if any(run["exit_code"] for run in runs):
        sys.exit(1)


def sources(name: str, data: Path, folds: list[int], place: Path) -> list[tuple[str, Path]]:
    """Name of each study, and what `thirdeye run` is given."""
    if name != "msd_task04_hippocampus":
        return [(name, data / name)]
    return [(f"fold_{fold}", outer_fold(data / name, fold, place / f"fold_{fold}")) for fold in folds]


def outer_fold(data: Path, fold: int, place: Path) -> Path:
    """A copy of the volumes with a table that says which are the test part of this fold."""
    images = sorted(path.name for path in (data / "imagesTr").glob("*.nii*"))
    part = np.empty(len(images), int)
    part[np.random.default_rng(0).permutation(len(images))] = np.arange(len(images)) % FOLDS
    for folder in ("imagesTr", "labelsTr"):
        shutil.copytree(data / folder, place / folder, dirs_exist_ok=True)
    with (place / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "mask", "patient", "split"))
        for image, own in zip(images, part, strict=True):
            split = "test" if own == fold else "train"
            writer.writerow((f"imagesTr/{image}", f"labelsTr/{image}", image.split(".")[0], split))
    return place / "cases.csv"


def run_study(name: str, data: Path, study: Path, budget: str, further: list[str]) -> dict[str, Any]:
    """One study from nothing; an older one at the same place is removed."""
    if study.exists():
        shutil.rmtree(study)
    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "run", str(data)]
    command += ["--out", str(study), "--budget", budget, *further]
    if data.is_dir():
        command.append("--patient-is-image")
    watched = watch(command, log=study.with_suffix(".log"))
    found: dict[str, Any] = {"name": name, "seconds": watched.seconds, "peak_rss_mb": watched.peak_rss_mb}
    found |= {"exit_code": watched.code, "budget_s": budget_seconds(budget), "cases": [], "metrics": []}
    if (study / "evaluation.json").exists():
        test = json.loads((study / "evaluation.json").read_text(encoding="utf-8"))["sets"]["test"]
        plan = json.loads((study / "plan.json").read_text(encoding="utf-8"))["values"]
        found |= {
            "cases": test["cases"], "metrics": test["metrics"], "curve": curve(study / "runs" / "curves.csv"),
            "plan": {key: entry["value"] for key, entry in plan.items()},
            "readers": [{"name": r["name"], "metrics": r["metrics"]} for r in test.get("readers", [])],
        }  # fmt: skip
    return found


def curve(path: Path) -> list[dict[str, float]]:
    """Quality on held-out cases against the seconds of a member's training."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["validation_metric"]]
    names = ("member", "epoch", "seconds", "train_loss", "validation_metric")
    return [{name: float(row[name]) for name in names} for row in rows]


def structures(run: dict[str, Any]) -> list[str]:
    """Names of the structures in their order."""
    return list(run["plan"]["classes"]) if "plan" in run else []


def judged(target: Target, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """A figure over the test cases of all runs, with its interval."""
    done = [run for run in runs if run["metrics"]]
    entry: dict[str, Any] = vars(target) | {"value": None, "ci_low": None, "ci_high": None, "n": 0}
    if not done:
        return entry
    name = structures(done[0])[target.structure]
    if len(done) == 1:
        for metric in done[0]["metrics"]:
            if metric["name"] == target.metric and metric.get("class") == name:
                return entry | {key: metric[key] for key in ("value", "ci_low", "ci_high", "n")}
        return entry
    cases = [case for run in done for case in run["cases"] if case["structure"] == name]
    values = np.array([case[target.metric] for case in cases if case[target.metric] is not None])
    draws = np.random.default_rng(0).choice(values, (RESAMPLES, values.size)).mean(axis=1)
    low, high = np.percentile(draws, (2.5, 97.5))
    return entry | {"value": float(values.mean()), "ci_low": low, "ci_high": high, "n": values.size}


def brief(run: dict[str, Any]) -> str:
    """One line of a finished run."""
    wanted = [m for m in run["metrics"] if m["name"] in ("dice", "pixel_auc")]
    figures = ", ".join(f"{m['name']} {m.get('class') or 'mean'} {m['value']:.4f}" for m in wanted)
    return f"{run['name']}: {figures or 'no figures'}; {run['seconds']:.0f} of {run['budget_s']:.0f} s"


def report(name: str, budget: str, runs: list[dict[str, Any]], figures: list[dict[str, Any]]) -> str:
    """The table of figures, the curves, and the time each run took."""
    rows = [
        [f"{name}, {budget}", one["metric"], f">= {one['at_least']}", with_interval(one), one["n"],
         reached(one["value"], one["at_least"], at_least=True), one["why"]]
        for one in figures
    ]  # fmt: skip
    header = ("set, budget", "figure", "to reach", "measured (95 % CI)", "n", "", "why this figure")
    text = table(header, rows)
    points = [
        [run["name"], int(p["member"]) + 1, f"{p['seconds']:.0f}", f"{p['validation_metric']:.4f}"]
        for run in runs
        for p in run.get("curve", [])
    ]
    text += "\n\nQuality against time, held-out cases of each member:\n\n"
    text += table(("run", "member", "seconds of training", "Dice"), points)
    return text + "\n\n" + "\n".join(brief(run) for run in runs)


def with_interval(one: dict[str, Any]) -> str:
    """A value with its limits."""
    if one["value"] is None:
        return "not measured"
    if one["ci_low"] is None:
        return f"{one['value']:.4f}"
    return f"{one['value']:.4f} ({one['ci_low']:.4f} to {one['ci_high']:.4f})"


if __name__ == "__main__":
    main()
