"""Published systems against the self-configured plan on real data: which reads better, by how much?

Both learn from the same data with the same budget and read the same test part; the difference is paired over
cases and its interval rests on patients. The self-configured plan is run once for each set. Systems are run
in their lighter form where they have one: what a processor can bear, without weights from a hub. The taxonomy
is another question: seven classes learnt and summed up to benign and malignant, against learning just that.
"""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common import arguments, finish, last_json, machine, table, watch

from thirdeye.evaluation.compare import compare_models

CALL = "from thirdeye.cli.main import main; main()"
MALIGNANT = ("mel", "bcc", "akiec")
SPLITS = {"val": "validation"}


@dataclass(frozen=True)
class RealSet:
    """A real set: where it lies, what is said about it, and how it is written anew where it has to be."""

    folder: str
    options: tuple[str, ...] = ()
    write: Callable[[Path, Path], None] | None = None


def skin_binary(source: Path, place: Path) -> None:
    """Benign or malignant, with age, sex and place in the body."""
    with (source / "metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            (
                f"images/{row['image_id']}.jpg", "malignant" if row["dx"] in MALIGNANT else "benign",
                row["lesion_id"], row["age"], row["sex"], row["localization"], _split(row),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip
    _write(source, place, ("image", "label", "lesion_id", "age", "sex", "localization", "split"), rows)


def chest_binary(source: Path, place: Path) -> None:
    """Normal or pneumonia, by patient."""
    with (source / "items.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            (row["path"], row["label"].lower(), row["patient"], _split(row)) for row in csv.DictReader(file)
        ]
    _write(source, place, ("image", "label", "patient", "split"), rows)


def _split(row: dict[str, str]) -> str:
    return SPLITS.get(row["suggested_split"], row["suggested_split"])


def _write(source: Path, place: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    shutil.copytree(source / "images", place / "images")
    with (place / "cases.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


SETS = {
    "skin": RealSet("ham10000_subset"),
    "skin_binary": RealSet("ham10000_subset", ("--positive", "malignant"), skin_binary),
    "chest": RealSet("chest_xray_pneumonia_pediatric", ("--positive", "pneumonia"), chest_binary),
    "cells": RealSet("bccd_blood_cells", ("--patient-is-image",)),
    "spine": RealSet("aasce2019_spine_landmarks"),
    "polyps": RealSet("kvasir_seg", ("--task", "detection", "--patient-is-image")),
    "hippocampus": RealSet("msd_task04_hippocampus", ("--patient-is-image",)),
}
# recipe: the set that stands in for its own data
SYSTEMS = {
    "esteva2017": "skin", "esteva_taxonomy": "skin_binary", "lakhani2017": "chest", "chexnet2017": "chest",
    "arevalo2016": "skin_binary", "ciresan2013": "cells", "arik2017": "spine", "horie2019": "polyps",
    "moeskops2016": "hippocampus",
}  # fmt: skip


def place_of(name: str, options: Any) -> Path:
    """The data of a set, written anew where it has to be."""
    known = SETS[name]
    source = options.data / known.folder
    if known.write is None:
        return source
    place = options.work / "data" / name
    if not place.is_dir():
        known.write(source, place)
    return place


def study_of(name: str, folder: Path, options: Any, *more: str) -> tuple[Path, float]:
    """A finished study of a set, run now if it is not there, and the seconds that it took here."""
    command = [sys.executable, "-c", CALL, "run", str(place_of(name, options)), "--out", str(folder)]
    folder.parent.mkdir(parents=True, exist_ok=True)
    log = folder.with_name(f"{folder.name}.log")
    done = watch([*command, "--budget", options.budget, *SETS[name].options, *more], log=log)
    if done.code:
        raise SystemExit(f"{folder.name} ended with {done.code}; see {log}")
    return folder, done.seconds


def compared(recipe: str, options: Any) -> dict[str, Any]:
    """One system against the self-configured plan of its set."""
    name = SYSTEMS[recipe]
    own, own_s = study_of(name, options.work / "own" / name, options)
    lighter = () if recipe in options.as_published else ("--lighter",)
    light, light_s = study_of(name, options.work / "recipes" / recipe, options, "--recipe", recipe, *lighter)
    call = [sys.executable, "-c", CALL, "compare", str(light), str(own), "--json"]
    names = ("--name", f"recipe {recipe}", "--name", "self-configured plan")
    done = watch([*call, *names, "--out", str(options.work / "compared" / recipe)])
    if done.code:
        raise SystemExit(f"compare on {recipe} ended with {done.code}")
    # The JSON is written over several lines.
    found = last_json(done.output.replace("\n", " "))
    return {"set": name, "seconds": {"recipe": light_s, "own": own_s}, **found}


# Classes of HAM10000 to the kinds of lesions that the partition of its taxonomy leaves.
KINDS = {
    "akiec": "malignant or premalignant epidermal", "bcc": "malignant or premalignant epidermal",
    "df": "benign dermal", "vasc": "benign dermal", "bkl": "bkl", "mel": "mel", "nv": "nv",
}  # fmt: skip


def said(study: Path) -> dict[str, dict[str, str]]:
    """Name of a test image to what the network says of it."""
    with (study / "predictions.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["split"], row["source"]) == ("test", "network")]
    return {Path(row["case"]).stem: row for row in rows}


def summed(row: dict[str, str], classes: list[str]) -> float:
    """Probability of some classes together."""
    return sum(float(row[f"probability_{name}"]) for name in classes if f"probability_{name}" in row)


def summed_up(options: Any) -> dict[str, Any]:
    """Seven classes learnt and summed up, against the two classes learnt directly, on the same images."""
    seven, two = (
        said(study_of(name, options.work / "own" / name, options)[0]) for name in ("skin", "skin_binary")
    )
    cases = [case for case in two if case in seven]
    first = [summed(seven[case], list(MALIGNANT)) for case in cases]
    second = [float(two[case]["probability_malignant"]) for case in cases]
    found = compare_models(
        labels=[int(two[case]["label"] == "malignant") for case in cases],
        first=[[1 - p, p] for p in first], second=[[1 - p, p] for p in second],
        classes=("benign", "malignant"), task="binary", positive="malignant",
        clusters=[two[case]["patient"] for case in cases],
        names=("sum over seven classes", "two classes learnt directly"),
    )  # fmt: skip
    return {"set": "skin_binary", "comparison": found}


def by_kinds(options: Any) -> dict[str, Any]:
    """esteva2017 learns the parts of a taxonomy, the own plan its leaves: both answer for the parts."""
    own, own_s = study_of("skin", options.work / "own" / "skin", options)
    lighter = () if "esteva2017" in options.as_published else ("--lighter",)
    folder = options.work / "recipes" / "esteva2017"
    light, light_s = study_of("skin", folder, options, "--recipe", "esteva2017", *lighter)
    mine, theirs = said(light), said(own)
    cases, kinds = [case for case in mine if case in theirs], sorted(set(KINDS.values()))
    leaves = {kind: [leaf for leaf, whose in KINDS.items() if whose == kind] for kind in kinds}
    found = compare_models(
        labels=[kinds.index(KINDS[theirs[case]["label"]]) for case in cases],
        first=[[summed(mine[case], [kind]) for kind in kinds] for case in cases],
        second=[[summed(theirs[case], leaves[kind]) for kind in kinds] for case in cases],
        classes=kinds, task="multiclass", positive=None,
        clusters=[theirs[case]["patient"] for case in cases],
        names=("recipe esteva2017", "self-configured plan"),
    )  # fmt: skip
    return {"set": "skin", "seconds": {"recipe": light_s, "own": own_s}, "comparison": found}


OTHERWISE = {"esteva_taxonomy": summed_up, "esteva2017": by_kinds}


def told(recipe: str, entry: dict[str, Any]) -> tuple[str, ...]:
    """Cells of one row of the table."""
    comparison = entry["comparison"]
    main = comparison["measures"][0]
    return (
        recipe, entry["set"], main["first"]["name"], str(comparison["n"]),
        *(text_of(main[side]) for side in ("first", "second", "difference")), comparison["outcome"],
    )  # fmt: skip


def text_of(metric: dict[str, Any]) -> str:
    """Value and interval."""
    if metric["value"] is None:
        return f"undefined: {metric['reason']}"
    if metric["ci_low"] is None:
        return f"{metric['value']:.3f}"
    return f"{metric['value']:.3f} ({metric['ci_low']:.3f} to {metric['ci_high']:.3f})"


def main() -> None:
    """Run, compare, print, write."""
    parser = arguments(__doc__ or "", "results/recipes.json")
    parser.add_argument("--systems", nargs="*", default=list(SYSTEMS), choices=list(SYSTEMS), help="which")
    parser.add_argument("--budget", default="10m", help="of each run")
    parser.add_argument("--work", type=Path, default=Path("results/recipes"), help="folder of the studies")
    parser.add_argument(
        "--as-published",
        nargs="*",
        default=[],
        help="systems that are run without --lighter",
    )
    options = parser.parse_args()
    found = {
        recipe: OTHERWISE[recipe](options) if recipe in OTHERWISE else compared(recipe, options)
        for recipe in options.systems
    }
    header = (
        "system",
        "set",
        "measure",
        "n",
        "recipe",
        "self-configured plan",
        "difference",
        "the recipe is",
    )
    text = table(header, [told(recipe, entry) for recipe, entry in found.items()])
    finish({"machine": machine(), "budget": options.budget, "systems": found}, options.json, text)


if __name__ == "__main__":
    main()
