"""Statistics: our time for the same number, against scikit-learn, MONAI and a published reader study.

    python benchmarks/statistics_speed.py
    python benchmarks/statistics_speed.py --monai FOLDER     # pip install --no-deps --target FOLDER monai

AUC with DeLong's interval for a million scores against scikit-learn's AUC alone; 2,000 bootstrap resamples of
patients against a loop over scikit-learn; HD95 of two masks of 256^3 voxels against MONAI; and the whole
analysis of a reader study of 20,382 readings. Peers run in the same process, in turn with ours.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, machine, median_and_range, reached, table

TARGETS = {"auc": 0.25, "bootstrap": 0.05, "hd95": 0.6, "readers_s": 10.0}


def main() -> None:
    """Time all four."""
    parser = arguments(__doc__.splitlines()[0], "results/statistics_speed.json")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--monai", type=Path, help="folder into which MONAI was installed")
    options = parser.parse_args()
    result: dict[str, Any] = {"benchmark": "statistics_speed", "machine": machine()}
    result["auc"] = auc_of_a_million(options.repeats)
    result["bootstrap"] = bootstrap_of_patients(max(1, options.repeats // 2))
    result["hd95"] = hd95(options.repeats, options.monai)
    result["readers_s"] = reader_study(options.data / "viper_mrmc_mammography" / "viperObs.csv")
    finish(result, options.json, report(result))


def auc_of_a_million(repeats: int) -> dict[str, Any]:
    """AUC and interval against scikit-learn's AUC."""
    from sklearn.metrics import roc_auc_score

    from thirdeye.evaluation.auc import auc

    rng = np.random.default_rng(0)
    labels = (rng.random(1_000_000) < 0.3).astype(int)
    scores = rng.normal(labels, 1.5)
    ours = lambda: auc(labels, scores).value  # noqa: E731
    return compared(ours, lambda: roc_auc_score(labels, scores), repeats)


def bootstrap_of_patients(repeats: int) -> dict[str, Any]:
    """2,000 resamples of 5,000 patients with two images each."""
    from sklearn.metrics import roc_auc_score

    from thirdeye.evaluation.bootstrap import percentile_interval, resample
    from thirdeye.evaluation.bootstrap_statistics import auc_statistic
    from thirdeye.evaluation.inputs import check_clusters

    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(5000), 2)
    labels = np.repeat((rng.random(5000) < 0.3).astype(int), 2)
    scores = rng.normal(labels, 1.5)
    clusters = check_clusters(patient, patient.size)

    def ours() -> float:
        draws = resample([auc_statistic(labels, scores, clusters)], 5000, n_resamples=2000, seed=1)[0]
        return percentile_interval(draws.ravel())[0]

    def loop() -> float:
        draw, found = np.random.default_rng(1), []
        rows = np.arange(10_000).reshape(5000, 2)
        for _ in range(2000):
            chosen = rows[draw.integers(0, 5000, 5000)].ravel()
            found.append(roc_auc_score(labels[chosen], scores[chosen]))
        return float(np.quantile(found, 0.025))

    return compared(ours, loop, repeats)


def hd95(repeats: int, monai: Path | None) -> dict[str, Any] | None:
    """Two smooth shapes in 256^3 voxels of 1 x 1 x 2 mm."""
    if monai is None:
        return None
    sys.path.append(str(monai))
    import torch
    from monai.metrics import compute_hausdorff_distance

    from thirdeye.evaluation.surface_distance import surface_distances

    axis = np.linspace(-1, 1, 256)
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij", sparse=True)
    reference = (x / 0.5) ** 2 + (y / 0.4) ** 2 + (z / 0.3) ** 2 < 1
    predicted = ((x - 0.04) / 0.48) ** 2 + (y / 0.42) ** 2 + ((z + 0.02) / 0.31) ** 2 < 1
    spacing = (1.0, 1.0, 2.0)

    def ours() -> float:
        found = surface_distances(reference, predicted, spacing=spacing)
        return found.hd95_max_of_directed if found else float("nan")

    def peer() -> float:
        one, other = (torch.from_numpy(mask[None, None]).float() for mask in (predicted, reference))
        found = compute_hausdorff_distance(
            one, other, include_background=True, percentile=95, spacing=spacing, directed=False
        )
        return float(found)

    return compared(ours, peer, repeats)


def reader_study(file: Path) -> float | None:
    """Seconds for the five studies of VIPER, and all of them as one: both covariances, all readers."""
    if not file.is_file():
        return None
    import pandas as pd

    from thirdeye.evaluation.readers.obuchowski_rockette import analyse
    from thirdeye.evaluation.readers.readings import readings_from_columns

    frame = pd.read_csv(file, dtype={"caseID": str})
    started = time.perf_counter()
    parts = [part for _, part in frame.groupby("subStudyLabel")]
    named = frame.assign(readerID=frame["subStudyLabel"] + frame["readerID"])
    for part in (*parts, named):
        readings = readings_from_columns(
            test=part["modalityID"], reader=part["readerID"], case=part["caseID"],
            truth=part["cancerStatus365"], rating=part["score"],
        )  # fmt: skip
        for method in ("unbiased", "jackknife"):
            analyse(readings, method=method)
    return time.perf_counter() - started


def compared(ours: Callable[[], Any], peer: Callable[[], Any], repeats: int) -> dict[str, Any]:
    """Both in turn; the ratio of each pair."""
    times: dict[str, list[float]] = {"ours_s": [], "peer_s": []}
    values: dict[str, Any] = {}
    ours()  # what is loaded once is loaded now
    for _ in range(repeats):
        for name, call in (("ours", ours), ("peer", peer)):
            started = time.perf_counter()
            values[name] = call()
            times[f"{name}_s"].append(time.perf_counter() - started)
    ratios = [a / b for a, b in zip(times["ours_s"], times["peer_s"], strict=True)]
    return {**times, "ratio": median_and_range(ratios), "values": values}


def report(result: dict[str, Any]) -> str:
    """The table."""
    titles = {
        "auc": "AUC with interval, 10^6 scores (scikit-learn: AUC alone)",
        "bootstrap": "2,000 resamples of patients, 10,000 cases (scikit-learn in a loop)",
        "hd95": "HD95 of 256^3 masks (MONAI)",
    }
    rows = []
    for key, title in titles.items():
        found = result[key]
        if found is None:
            rows.append([title, "-", "-", "not measured"])
            continue
        ratio = found["ratio"]["median"]
        told = f"{ratio:.3f} ({found['ratio']['min']:.3f} to {found['ratio']['max']:.3f})"
        same = f"{found['values']['ours']:.6g} / {found['values']['peer']:.6g}"
        rows.append([title, told, same, f"<= {TARGETS[key]}: {reached(ratio, TARGETS[key], at_least=False)}"])
    seconds = result["readers_s"]
    told = "-" if seconds is None else f"{seconds:.1f} s"
    rows.append(
        [
            "VIPER: 20,382 readings, both covariances",
            told,
            "",
            f"<= 10 s: {reached(seconds, 10.0, at_least=False)}",
        ]
    )
    return table(["work", "ours / peer", "values", "target"], rows)


if __name__ == "__main__":
    main()
