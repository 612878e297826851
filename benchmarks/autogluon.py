"""Folder to model: `thirdeye run` against AutoGluon Multimodal, same network, images and epochs.

    python3.11 -m venv PEER && PEER/bin/pip install autogluon.multimodal
    python benchmarks/autogluon.py --peer PEER/bin/python
    python benchmarks/autogluon.py --peer PEER/bin/python --images 80 --epochs 1 --repeats 1

Both get the same folder of photographs with a table (training, validation and test part by lesion; all from
outside the set's own test part), EfficientNet-Lite0 with the same pre-trained weights at 224 px, and the same
number of epochs. Timed is each whole process, from its start to predictions of the test part: for AutoGluon
import, fit with its defaults, predict; for ours all of `thirdeye run`, which also checks the data, runs the
traditional technique, calibrates, explains, exports and writes the report. Nothing is fetched from a hub.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import arguments, finish, last_json, machine, median_and_range, reached, table, watch
from skin import Part, parts
from timm_folder import write_timm_folder

SIDE_PX = 224
TARGET_RATIO = 0.4
SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}


def main() -> None:
    """Interleave ours and the peer and compare them."""
    parser = arguments(__doc__.splitlines()[0], "results/autogluon.json")
    parser.add_argument("--peer", type=Path, required=True, help="python of an environment with AutoGluon")
    parser.add_argument("--images", type=int, default=1000, help="of all three parts together")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peer-setting", action="append", default=[], help="NAME=JSON, for the peer's fit")
    parser.add_argument("--set", action="append", default=[], help="further plan values NAME=VALUE, for ours")
    options = parser.parse_args()
    here = machine()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        write_timm_folder(work / "checkpoint")
        runs = [
            one(work / f"repeat{repeat}", work / "checkpoint", options, options.seed + repeat, name)
            for repeat in range(options.repeats)
            for name in (("peer", "ours") if repeat % 2 == 0 else ("ours", "peer"))
        ]
    summary = summarise(runs)
    result = {"benchmark": "autogluon", "machine": here, "options": vars(options), "runs": runs}
    finish(result | {"summary": summary}, options.json, report(summary))


def one(folder: Path, checkpoint: Path, options: argparse.Namespace, seed: int, name: str) -> dict[str, Any]:
    """One process of one system."""
    write_data(folder, options.data, options.images, seed)
    system = {"ours": ours, "peer": peer}[name]
    found = system(folder, checkpoint, options, seed)
    print(
        f"{name}, seed {seed}: {found['seconds']:.1f} s, macro AUC {found['auc_macro']:.3f}", file=sys.stderr
    )
    return {"system": name, "seed": seed, **found}


def write_data(folder: Path, data: Path, images: int, seed: int) -> None:
    """The folder that a user would have: images, cases.csv, and the same rows as one table for each part."""
    if (folder / "data" / "cases.csv").exists():
        return
    (folder / "data" / "images").mkdir(parents=True)
    sizes = tuple(round(images * share) for share in SHARES.values())
    rows = []
    for split, part in zip(SHARES, parts(data, sizes, seed=seed), strict=True):
        mine = rows_of(part, split, folder / "data" / "images")
        write_csv(folder / f"{split}.csv", mine)
        rows += mine
    write_csv(folder / "data" / "cases.csv", rows)


def rows_of(part: Part, split: str, images: Path) -> list[dict[str, str]]:
    """Copy the images; one row for each."""
    for file in part.files:
        shutil.copy(file, images / file.name)
    return [
        {"image": f"images/{file.name}", "label": label, "lesion_id": lesion, "split": split}
        for file, label, lesion in zip(part.files, part.labels, part.lesions, strict=True)
    ]


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    """A table with a header."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def ours(folder: Path, checkpoint: Path, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """`thirdeye run` with one member and the epochs of the benchmark."""
    study = folder / "study"
    settings = ["validation=official", "folds=1", f"image_size_px={SIDE_PX}", f"epochs={options.epochs}"]
    command = [sys.executable, "-c", "from thirdeye.cli.main import main; main()", "run"]
    command += [str(folder / "data" / "cases.csv"), "--out", str(study), "--patient", "lesion_id"]
    command += ["--budget", "60m", "--seed", str(seed)]
    for setting in (*settings, *options.set):
        command += ["--set", setting]
    watched = watch(command, log=folder / "ours.log")
    if watched.code:
        raise SystemExit(f"thirdeye run ended with code {watched.code}:\n{tail(folder / 'ours.log')}")
    with (study / "predictions.csv").open(newline="", encoding="utf-8") as stream:
        rows = [
            row for row in csv.DictReader(stream) if row["split"] == "test" and row["source"] == "network"
        ]
    labels = [row["label"] for row in rows]
    names = sorted(set(labels))
    scores = [[float(row[f"probability_{name}"]) for name in names] for row in rows]
    stages = study / "runs" / "stages.json"
    return {
        "seconds": watched.seconds,
        "peak_rss_mb": watched.peak_rss_mb,
        "auc_macro": macro_auc(labels, names, scores),
        "n_test": len(rows),
        "stages": json.loads(stages.read_text(encoding="utf-8")) if stages.exists() else None,
    }


def peer(folder: Path, checkpoint: Path, options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """AutoGluon Multimodal in its own environment, offline."""
    job = {
        "folder": str(folder / "data"),
        "train": str(folder / "train.csv"),
        "validation": str(folder / "val.csv"),
        "test": str(folder / "test.csv"),
        "checkpoint": str(checkpoint),
        "probe": str(checkpoint / "probe.npz"),
        "epochs": options.epochs,
        "seed": seed,
        "predictions": str(folder / "peer.csv"),
        "model": str(folder / "peer"),
        "hyperparameters": settings_of(options.peer_setting),
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    script = Path(__file__).parent / "peers" / "autogluon_fit.py"
    watched = watch(
        [str(options.peer), str(script), str(folder / "job.json")],
        log=folder / "peer.log",
        environment={"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"},
    )
    if watched.code:
        raise SystemExit(f"the peer ended with code {watched.code}:\n{tail(folder / 'peer.log')}")
    found = last_json(watched.output)
    with (folder / "peer.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    labels = [row["label"] for row in rows]
    names = sorted(set(labels))
    scores = [[float(row[name]) for name in names] for row in rows]
    return {
        "seconds": found["total_s"],  # the comparison of the start networks afterwards is not counted
        "peak_rss_mb": watched.peak_rss_mb,
        "auc_macro": macro_auc(labels, names, scores),
        "n_test": len(rows),
        **found,
    }


def settings_of(pairs: list[str]) -> dict[str, Any]:
    """NAME=JSON pairs as a dictionary."""
    return {name: json.loads(value) for name, _, value in (pair.partition("=") for pair in pairs)}


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else ""


def macro_auc(labels: list[str], names: list[str], scores: list[list[float]]) -> float:
    """Mean one-versus-rest AUC over the classes of the test part, for both systems alike."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    truth, found = np.array(labels), np.array(scores)
    return float(np.mean([roc_auc_score(truth == name, found[:, k]) for k, name in enumerate(names)]))


def summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of each system, and the ratio within each repeat."""
    systems = {name: [run for run in runs if run["system"] == name] for name in ("ours", "peer")}
    summary: dict[str, Any] = {
        name: {
            key: median_and_range([run[key] for run in found])
            for key in ("seconds", "peak_rss_mb", "auc_macro")
        }
        for name, found in systems.items()
    }
    by_seed = {run["seed"]: run["seconds"] for run in systems["peer"]}
    summary["ratio"] = median_and_range([run["seconds"] / by_seed[run["seed"]] for run in systems["ours"]])
    summary["peer_versions"] = systems["peer"][0]["versions"]
    summary["start_networks_differ_by"] = systems["peer"][0]["same_network"]
    return summary


def report(summary: dict[str, Any]) -> str:
    """The table."""
    names = {
        "ours": "thirdeye run",
        "peer": f"AutoGluon Multimodal {summary['peer_versions']['autogluon.multimodal']}",
    }
    rows: list[list[object]] = [
        [
            names[name],
            _span(summary[name]["seconds"], 1),
            _span(summary[name]["peak_rss_mb"], 0),
            _span(summary[name]["auc_macro"], 3),
        ]
        for name in names
    ]
    ratio = summary["ratio"]
    verdict = reached(ratio["median"], TARGET_RATIO, at_least=False)
    rows.append([f"ours / peer (target {TARGET_RATIO}: {verdict})", _span(ratio, 2), "", ""])
    return table(("median (range)", "folder to model, s", "peak memory, MB", "macro AUC, test part"), rows)


def _span(found: dict[str, float], digits: int) -> str:
    return f"{found['median']:.{digits}f} ({found['min']:.{digits}f} to {found['max']:.{digits}f})"


if __name__ == "__main__":
    main()
