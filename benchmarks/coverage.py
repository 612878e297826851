"""Do prediction sets hold the true class as often as promised, on the test parts of real sets?

For each study the limits are fixed on its validation cases and coverage is measured on its test part, beside
the range that chance allows (beta-binomial). A control deals validation and test cases anew at random by
patient, where the promise must hold if the arithmetic is right; it borrows labels of the test part and says
nothing about a reader.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, machine, table, watch

from thirdeye.evaluation.conformal import fit_sets
from thirdeye.evaluation.conformal_coverage import coverage_metric, mean_set_size

SETS = {
    "breastmnist": ("medmnist/breastmnist.npz", ("--patient-is-image",)),
    "pneumoniamnist": ("medmnist/pneumoniamnist.npz", ("--patient-is-image",)),
    "ham10000": ("ham10000_subset", ()),
    # the same radiographs, and others, with test cases dealt anew by patient: nothing is shifted
    "chest_children": (
        "chest_xray_pneumonia_pediatric/items.csv",
        ("--patient", "patient", "--split-column", "none"),
    ),
    "pneumoniamnist_dealt": ("medmnist/pneumoniamnist.npz", ("--patient-is-image", "--split-column", "none")),
}
CALL = "from thirdeye.cli.main import main; main()"
SCORES = ("lac", "aps", "raps")
LEVELS = (0.8, 0.9, 0.95)


@dataclass(frozen=True)
class Part:
    """Cases of one part as the network read them.

    Args:
        labels: (n,) class numbers.
        probabilities: (n, K) calibrated.
        patients: (n,).
    """

    labels: np.ndarray
    probabilities: np.ndarray
    patients: np.ndarray

    def at(self, rows: np.ndarray) -> Part:
        """Some of the cases."""
        return Part(self.labels[rows], self.probabilities[rows], self.patients[rows])


def read_parts(study: Path) -> tuple[list[str], Part, Part]:
    """Class names, validation cases and test cases of a study, from ``predictions.csv``."""
    with (study / "predictions.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "network"]
    names = [name.removeprefix("probability_") for name in rows[0] if name.startswith("probability_")]
    parts = []
    for split in ("validation", "test"):
        own = [row for row in rows if row["split"] == split]
        labels = np.array([names.index(row["label"]) for row in own])
        table = np.array([[float(row[f"probability_{name}"]) for name in names] for row in own])
        parts.append(Part(labels, table, np.array([row["patient"] for row in own])))
    return names, parts[0], parts[1]


def measured(known: Part, new: Part, names: list[str], *, level: float, score: str) -> list[dict[str, Any]]:
    """Coverage of the sets for all cases, and of each class under limits of its own."""
    rows = np.arange(len(new.labels))
    whole = fit_sets(known.labels, known.probabilities, clusters=known.patients, coverage=level, score=score)
    inside = whole.sets(new.probabilities)
    size = mean_set_size(inside, clusters=new.patients)
    found = [_row("all cases", inside[rows, new.labels], new.patients, level, whole.patients[0], size)]
    each = fit_sets(
        known.labels, known.probabilities, clusters=known.patients, coverage=level, score=score, by_class=True
    )
    inside = each.sets(new.probabilities)
    for k, name in enumerate(names):
        own = new.labels == k
        if each.thresholds[k] is not None and own.any():
            size = mean_set_size(inside[own], clusters=new.patients[own])
            found.append(_row(name, inside[own, k], new.patients[own], level, each.patients[k], size))
    return found


def _row(
    name: str, covered: np.ndarray, patients: np.ndarray, level: float, n: int, size: Any
) -> dict[str, Any]:
    metric = coverage_metric(covered, clusters=patients, coverage=level, n_calibration=n)
    return {"cases": name, "coverage": metric.as_json(), "size": size.as_json()}


def control(known: Part, new: Part, *, level: float, times: int, seed: int) -> dict[str, float]:
    """Mean coverage over random deals of all cases, by patient, into as many patients as there were."""
    both = Part(*(np.concatenate([getattr(known, f), getattr(new, f)]) for f in Part.__dataclass_fields__))
    generator, names = np.random.default_rng(seed), np.unique(both.patients)
    first = np.unique(known.patients).size
    shares, inside = [], 0
    for _ in range(times):
        drawn = np.isin(both.patients, generator.permutation(names)[:first])
        one, other = both.at(drawn), both.at(~drawn)
        rule = fit_sets(one.labels, one.probabilities, clusters=one.patients, coverage=level)
        covered = rule.sets(other.probabilities)[np.arange(len(other.labels)), other.labels]
        metric = coverage_metric(covered, clusters=other.patients, coverage=level, n_calibration=first)
        shares.append(float(metric.value or 0.0))
        inside += metric.details["as_expected"] == "yes"
    error = float(np.std(shares, ddof=1) / times**0.5)
    return {
        "mean": float(np.mean(shares)),
        "standard_error": error,
        "within_range": inside / times,
        "deals": times,
    }


def study_of(name: str, options: Any) -> Path:
    """The study of a set: as given, or run now."""
    given = {path.name: path for path in options.studies}
    if name in given:
        return given[name]
    place, (data, said) = Path("results/coverage_studies") / name, SETS[name]
    command = [sys.executable, "-c", CALL, "run", str(options.data / data), "--out", str(place)]
    done = watch([*command, "--budget", options.budget, *said])
    if done.code:
        raise SystemExit(f"thirdeye run on {name} ended with {done.code}:\n{done.output[-2000:]}")
    return place


def text_of(metric: dict[str, Any], *, percent: bool = True) -> str:
    """Value and interval."""
    factor = 100 if percent else 1
    low, value, high = (factor * metric[key] for key in ("ci_low", "value", "ci_high"))
    return f"{value:.1f} ({low:.1f} to {high:.1f})" if percent else f"{value:.2f} ({low:.2f} to {high:.2f})"


def told(row: dict[str, Any]) -> tuple[str, ...]:
    """Cells of one row of the table."""
    metric, details = row["coverage"], row["coverage"]["details"]
    span = f"{100 * details['expected_low']:.1f} to {100 * details['expected_high']:.1f}"
    return (
        row["cases"], str(metric["n"]), text_of(metric), span, details["as_expected"], f"{details['p']:.3g}",
        text_of(row["size"], percent=False),
    )  # fmt: skip


def main() -> None:
    """Measure, print, write."""
    parser = arguments(__doc__ or "", "results/coverage.json")
    parser.add_argument(
        "--studies", type=Path, nargs="*", default=[], help="finished studies, named as the sets"
    )
    parser.add_argument("--sets", nargs="*", default=list(SETS), help="which sets")
    parser.add_argument("--budget", default="5m", help="of a study that is run here")
    parser.add_argument("--deals", type=int, default=300, help="random deals of the control")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    shares, sizes = [], []
    for name in options.sets:
        names, known, new = read_parts(study_of(name, options))
        at = {
            f"{level}/{score}": measured(known, new, names, level=level, score=score)
            for level in LEVELS
            for score in SCORES
        }
        check = control(known, new, level=0.9, times=options.deals, seed=0)
        found[name] = {
            "n_validation": len(known.labels),
            "n_test": len(new.labels),
            "at": at,
            "control": check,
        }
        shares += [(name, *told(row)) for row in at["0.9/lac"]]
        for score in SCORES:
            whole = [at[f"{level}/{score}"][0] for level in LEVELS]
            cells = (f"{text_of(one['coverage'])}; {one['size']['value']:.2f}" for one in whole)
            sizes.append((name, score, *cells))
    header = ("set", "cases", "n", "coverage, %", "by chance, %", "within", "p", "classes in a set")
    levels = (f"{level:.0%}: coverage; classes" for level in LEVELS)
    dealt = [
        (
            name,
            f"{100 * one['control']['mean']:.2f} ± {100 * one['control']['standard_error']:.2f}",
            f"{one['control']['within_range']:.0%}",
        )
        for name, one in found.items()
    ]
    text = "\n\n".join(
        (
            table(header, shares),
            table(("set", "score", *levels), sizes),
            table(("set", "coverage when dealt anew, %", "deals within the range"), dealt),
        )
    )
    finish({"machine": machine(), "sets": found}, options.json, text)


if __name__ == "__main__":
    main()
