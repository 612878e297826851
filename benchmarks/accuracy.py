"""Accuracy: `thirdeye run` on public sets under their default time budgets, against published figures.

    python benchmarks/accuracy.py
    python benchmarks/accuracy.py --sets breastmnist --budget 2m --json results/quick.json

Each set is one fresh study in its own process. Measured from outside: wall time, peak memory of the process
tree, and the moment at which the first validated figure is on disk (runs/stages.json). Read from the study:
the figures of the test part with their intervals, and how often it was looked at.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from common import Watched, arguments, finish, machine, reached, table, watch

from thirdeye.journey.duration import seconds as budget_seconds

FIRST_FIGURE_S = 60.0  # on 1,000 images
PEAK_MB = 4000.0


@dataclass(frozen=True)
class Target:
    """A figure to reach on the test part.

    Args:
        metric: name in evaluation.json.
        operating_point: of a thresholded metric; None for measures without one.
        at_least: the figure to reach.
        why: where it comes from.
    """

    metric: str
    operating_point: str | None
    at_least: float
    why: str


@dataclass(frozen=True)
class Set:
    """One public set and what must be reached on it."""

    path: str
    options: tuple[str, ...]
    budget: str
    targets: tuple[Target, ...]


HALF = "probability_0.5"
SETS = {
    "breastmnist": Set(
        "medmnist/breastmnist.npz",
        ("--patient-is-image",),
        "10m",
        (
            Target("auc", None, 0.92, "AutoML Vision 0.919, ResNet-18 0.901 (MedMNIST v2)"),
            Target("accuracy", HALF, 0.87, "AutoML Vision 0.861, ResNet-18 0.863 (MedMNIST v2)"),
        ),
    ),
    "pneumoniamnist": Set(
        "medmnist/pneumoniamnist.npz",
        ("--patient-is-image",),
        "10m",
        (
            Target("auc", None, 0.98, "AutoML Vision 0.991, ResNet-50 (224) 0.962 (MedMNIST v2)"),
            Target("accuracy", HALF, 0.92, "AutoML Vision 0.946, ResNet-50 (224) 0.884 (MedMNIST v2)"),
        ),
    ),
    "ham10000": Set(
        "ham10000_subset/metadata.csv",
        ("--patient", "lesion_id"),
        "15m",
        (
            Target("auc_macro", None, 0.92, "frozen Lite0 and logistic regression: 0.877"),
            Target("balanced_accuracy", None, 0.68, "frozen Lite0 and logistic regression: 0.600"),
        ),
    ),
}


def main() -> None:
    """Run the chosen sets one after another and judge them."""
    parser = arguments(__doc__.splitlines()[0], "results/accuracy.json")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=list(SETS))
    parser.add_argument("--budget", help="the same budget for all sets, instead of each one's own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--studies", type=Path, help="keep the studies here (default: a temporary folder)")
    parser.add_argument("--option", action="append", default=[], help="further words for `thirdeye run`")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        studies = options.studies or Path(temporary)
        studies.mkdir(parents=True, exist_ok=True)
        here = machine()
        results = [
            run_set(
                name,
                options.data,
                studies / name,
                options.budget or SETS[name].budget,
                [*("--seed", str(options.seed)), *options.option],
            )
            for name in options.sets
        ]
    finish({"benchmark": "accuracy", "machine": here, "sets": results}, options.json, report(results))
    if any(one["exit_code"] for one in results):
        sys.exit(1)


def run_set(name: str, data: Path, study: Path, budget: str, further: list[str]) -> dict[str, Any]:
    """One study from nothing; an older one at the same place is removed."""
    chosen = SETS[name]
    if study.exists():
        shutil.rmtree(study)
    seen: dict[str, float] = {}

    def look(seconds: float) -> None:
        if "first" not in seen and (study / "runs" / "stages.json").exists():
            seen["first"] = seconds

    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "run"]
    command += [str(data / chosen.path), "--out", str(study), "--budget", budget, *chosen.options, *further]
    watched = watch(command, log=study.with_suffix(".log"), on_tick=look)
    return {
        "set": name,
        "budget": budget,
        "command": ["thirdeye", *command[3:]],
        "seconds": watched.seconds,
        "peak_rss_mb": watched.peak_rss_mb,
        "exit_code": watched.code,
        "first_figure_s": seen.get("first"),
        **evidence(study, chosen, watched),
    }


def evidence(study: Path, chosen: Set, watched: Watched) -> dict[str, Any]:
    """What the study says of its test part, beside the targets."""
    path = study / "evaluation.json"
    if not path.exists():
        log = study.with_suffix(".log")
        tail = log.read_text(encoding="utf-8")[-1500:] if log.exists() else ""
        return {"figures": [], "log_tail": tail + watched.output[-500:]}
    test = json.loads(path.read_text(encoding="utf-8"))["sets"]["test"]
    figures = []
    for target in chosen.targets:
        found = find(test["metrics"], target)
        figures.append(asdict(target) | {"found": found})
    stages = study / "runs" / "stages.json"
    provenance = study / "provenance.json"
    return {
        "n_test": test["n"],
        "figures": figures,
        "metrics": test["metrics"],
        "comparisons": test.get("comparisons", []),
        "stages": json.loads(stages.read_text(encoding="utf-8")) if stages.exists() else None,
        "provenance": json.loads(provenance.read_text(encoding="utf-8")) if provenance.exists() else None,
    }


def find(metrics: list[dict[str, Any]], target: Target) -> dict[str, Any] | None:
    """The metric that a target is about: of the whole set, not of one class."""
    for metric in metrics:
        if (
            metric["name"] == target.metric
            and metric.get("class") is None
            and metric.get("operating_point") == target.operating_point
        ):
            return metric
    return None


def report(results: list[dict[str, Any]]) -> str:
    """The table of figures to reach, with what was reached."""
    rows: list[list[object]] = []
    for one in results:
        for figure in one["figures"]:
            found = figure["found"] or {"value": None, "ci_low": None, "ci_high": None}
            rows.append(
                [
                    f"{one['set']}, {one['budget']}",
                    figure["metric"],
                    f">= {figure['at_least']}",
                    _with_interval(found),
                    reached(found["value"], figure["at_least"], at_least=True),
                    figure["why"],
                ]
            )
        rows.append(_limit(one, "first validated figure, s", one["first_figure_s"], FIRST_FIGURE_S, 1))
        rows.append(_limit(one, "peak memory, MB", one["peak_rss_mb"], PEAK_MB, 0))
        rows.append(_limit(one, "wall time, s", one["seconds"], budget_seconds(one["budget"]), 0))
        if one["exit_code"]:
            rows.append([one["set"], "exit code", "0", one["exit_code"], "**failed**", one["log_tail"]])
        rows += [_compared(one["set"], found) for found in one.get("comparisons", [])]
    return table(("set, budget", "figure", "to reach", "measured (95 % CI)", "", "why this figure"), rows)


def _compared(name: str, found: dict[str, Any]) -> list[object]:
    """The paired test of the comparison's first measure."""
    first = next(one for one in found["measures"] if one["name"] == found["primary"])
    difference = f"{_with_interval(first['difference'])}, p = {first['p_value']:.2g}"
    values = f"{_with_interval(first['first'])} against {_with_interval(first['second'])}"
    return [name, f"{found['name']}, {first['name']}", "", values, difference, first["test"]]


def _with_interval(found: dict[str, Any]) -> str:
    if found["value"] is None:
        return "none"
    if found["ci_low"] is None:
        return f"{found['value']:.3f}"
    return f"{found['value']:.3f} ({found['ci_low']:.3f} to {found['ci_high']:.3f})"


def _limit(one: dict[str, Any], what: str, value: float | None, limit: float, digits: int) -> list[object]:
    shown = "none" if value is None else f"{value:.{digits}f}"
    return [one["set"], what, f"<= {limit:.0f}", shown, reached(value, limit, at_least=False), ""]


if __name__ == "__main__":
    main()
