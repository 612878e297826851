"""Do heat maps find polyps? Pointing game and energy inside against chance, for every method.

Kvasir-SEG shows a polyp in every image, so a task is made of it: from each image one square that shows the
polyp and one of the same size that shows none, without the black border. Images are dealt to training and
test as a whole. All images are used, or `--images N` of them drawn at random; squares larger than 192 px are
made smaller. The network learns only "polyp" or "none"; the masks are for measuring alone.

    python benchmarks/heat_maps.py make ../shared/data/kvasir_seg TASK     # the squares and their masks
    thirdeye plan TASK/data --out STUDY --budget 3m --patient image_group --positive polyp
    thirdeye train STUDY; thirdeye validate STUDY
    thirdeye explain STUDY --method all --regions TASK/masks            # the exam, on development squares
    python benchmarks/heat_maps.py measure STUDY TASK --out RESULT.json # the test part, by the whole reader
    python benchmarks/heat_maps.py frozen TASK --out RESULT.json           # in a minute, without a study
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

SHARE = (0.05, 0.5)  # of a square that the polyp covers
SIDES = (0.62, 0.55, 0.48, 0.4, 0.34)  # of the image's shorter side, the largest that fits
DARK, MOST_DARK = 25, 0.02
TRIES = 300
MOST_PX = 192
FEW = 3  # passes an image for which all test squares are used


def make(source: Path, target: Path, *, images: int | None = None, seed: int = 0) -> None:
    """Write ``data/`` (squares and cases.csv) and ``masks/``; `images` of the source, None: all."""
    random = np.random.default_rng(seed)
    for name in ("data/images", "masks"):
        (target / name).mkdir(parents=True, exist_ok=True)
    rows = []
    paths = sorted((source / "images").iterdir())
    for k in sorted(random.permutation(len(paths))[:images].tolist()):
        path = paths[k]
        image = np.asarray(PIL.Image.open(path).convert("RGB"))
        mask = np.asarray(PIL.Image.open(source / "masks" / f"{path.stem}.png").convert("1"))
        found = pair(image, mask, random)
        if found is None:
            continue
        for kind, (top, left, side) in zip(("polyp", "none"), found, strict=True):
            name = f"{path.stem}_{kind}"
            inside = (slice(top, top + side), slice(left, left + side))
            small(image[inside]).save(target / "data" / "images" / f"{name}.png")
            if kind == "polyp":
                marked = np.asarray(small(mask[inside].astype(np.uint8) * 255)) > 127
                PIL.Image.fromarray(marked.astype(np.uint8) * 255).save(target / "masks" / f"{name}.png")
            rows.append((f"images/{name}.png", kind, path.stem))
    with (target / "data" / "cases.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("image", "label", "image_group"))
        writer.writerows(rows)
    used = len(paths) if images is None else min(images, len(paths))
    print(f"{len(rows) // 2} of {used} images gave a square with and one without a polyp")


def small(square: np.ndarray) -> PIL.Image.Image:
    """A square picture, at most `MOST_PX` a side."""
    picture = PIL.Image.fromarray(np.ascontiguousarray(square))
    side = min(MOST_PX, picture.width)
    return picture.resize((side, side), PIL.Image.Resampling.BOX if side < picture.width else None)


def pair(
    image: np.ndarray, mask: np.ndarray, random: np.random.Generator
) -> list[tuple[int, int, int]] | None:
    """(top, left, side) of a square with and one without the polyp, of one size; None where none fits."""
    dark = image.max(axis=2) < DARK
    for share in SIDES:
        side = int(share * min(mask.shape))
        with_polyp = square(mask, dark, side, random, *SHARE)
        without = square(mask, dark, side, random, 0.0, 0.0)
        if with_polyp and without:
            return [with_polyp, without]
    return None


def square(
    mask: np.ndarray, dark: np.ndarray, side: int, random: np.random.Generator, least: float, most: float
) -> tuple[int, int, int] | None:
    """A square of which a share between least and most is polyp, at random; None where none was found."""
    for _ in range(TRIES):
        top, left = (int(random.integers(0, n - side + 1)) for n in mask.shape)
        inside = (slice(top, top + side), slice(left, left + side))
        if least <= mask[inside].mean() <= most and dark[inside].mean() <= MOST_DARK:
            return top, left, side
    return None


def measure(
    study: Path, task: Path, out: Path, *, dear: int = 60, methods: Sequence[str] = (), seed: int = 0
) -> None:
    """Localisation of every method on test squares that show a polyp, by the whole reader.

    Args:
        study: trained on the squares.
        task: from `make`.
        out: file to write.
        dear: squares, drawn at random, for methods that cost many passes; all for the others.
        methods: only these, added to what the file holds; all without any.
        seed: of the draw.
    """
    from thirdeye.case.study import Study
    from thirdeye.explanation.networks import networks_of_study
    from thirdeye.explanation.subject import as_images, of_engine
    from thirdeye.inference.second_opinion import SecondReader
    from thirdeye.intake.pixels import load_image
    from thirdeye.journey.heat_map_regions import Regions
    from thirdeye.journey.material import read_plan, read_study_dataset
    from thirdeye.transform.prepare import prepare

    place = Study(study)
    plan, dataset = read_plan(place), read_study_dataset(place, None)
    rows = dataset.part("test")
    rows = rows[rows["label"] == "polyp"].sample(frac=1, random_state=seed)
    regions = Regions(task / "masks", dataset, plan)(rows["image"].tolist())
    arguments = {"size_px": plan.image_size_px, "resize": plan.resize, "intensity": plan.intensity}
    images = as_images(
        np.stack([prepare(load_image(dataset.root, one), **arguments) for one in rows["image"]])
    )
    subject = of_engine(SecondReader.load(study, threads=1).engine, networks_of_study(place))
    localise(subject, images, regions, out, dear=dear, methods=methods)


def localise(
    subject: Any, images: np.ndarray, regions: np.ndarray, out: Path, *, dear: int,
    methods: Sequence[str] = (), **more: Any,
) -> None:  # fmt: skip
    """Every method on images that show a polyp (class 1), printed and written."""
    from thirdeye.explanation.exam.regions import judge_regions
    from thirdeye.explanation.method import direction
    from thirdeye.explanation.methods import METHODS

    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8")) if methods and out.exists() else {}
    found |= more
    for name, method in METHODS:
        if methods and name not in methods:
            continue
        n = len(images) if method.passes <= FEW else min(dear, len(images))
        questions = direction(np.ones(n, int), 2, task="binary")
        started = time.monotonic()
        parts = [slice(k, min(k + 8, n)) for k in range(0, n, 8)]
        maps = np.concatenate([method.maps(subject, images[one], questions[one])[:, 0] for one in parts])
        seconds = (time.monotonic() - started) / n
        told, turned = (judge_regions(one, regions[:n], patients=np.arange(n)) for one in (maps, -maps))
        found[name] = {**told, "inverted": turned["measures"], "seconds_per_image": round(seconds, 3)}
        print(
            name, *map(line, told["measures"].values()), f"{seconds:.2f} s an image", sep="\n  ", flush=True
        )
        print("  turned round:", line(turned["measures"]["pointing_game"]), flush=True)
        out.write_text(json.dumps(found, indent=1), encoding="utf-8")


def frozen(task: Path, out: Path, *, size_px: int = 96, most: int = 100, dear: int = 32) -> None:
    """The same for a network that was not trained at all but for a linear head, images split by their number.

    Args:
        task: from `make`.
        out: file to write.
        size_px: side of the network's input.
        most: test squares for methods that cost a few passes.
        dear: for those that cost many.
    """
    import torch

    from thirdeye.evaluation.auc import auc
    from thirdeye.explanation.exam.regions import on_grid
    from thirdeye.explanation.subject import as_images, of_network
    from thirdeye.model.build import build_network
    from thirdeye.training.frozen import fit_head, pooled_features, with_head

    torch.set_num_threads(1)
    with (task / "data" / "cases.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    groups = sorted({row["image_group"] for row in rows})
    test = set(np.random.default_rng(0).permutation(groups)[: len(groups) * 2 // 5].tolist())
    squares = np.stack([shrunk(task / "data" / row["image"], size_px) for row in rows])
    labels = np.array([int(row["label"] == "polyp") for row in rows])
    held = np.array([row["image_group"] in test for row in rows])
    bare, _ = build_network("efficientnet_lite0", n_outputs=2, weights="embedded")
    features = pooled_features(bare.eval(), squares)
    head = fit_head(features[~held], labels[~held], n_outputs=2, task="binary", strength=0.01)
    network = with_head(bare, head).eval()
    logits = head.logits(features[held])
    patients = [row["image_group"] for row, one in zip(rows, held, strict=True) if one]
    told = auc(labels[held], logits[:, 1] - logits[:, 0], clusters=patients)
    print(f"{(~held).sum()} squares to learn from, {held.sum()} to test;", line(told.as_json()), flush=True)
    chosen = np.flatnonzero(held & (labels == 1))[:most]
    regions = np.stack(
        [on_grid(shrunk(task / "masks" / Path(rows[k]["image"]).name, 384)[..., 0] > 127) for k in chosen]
    )
    localise(of_network(network), as_images(squares[chosen]), regions, out, dear=dear, auc=told.as_json())


def shrunk(path: Path, side: int) -> np.ndarray:
    """A picture as a square (side, side, 3)."""
    return np.asarray(PIL.Image.open(path).convert("RGB").resize((side, side), PIL.Image.Resampling.BILINEAR))


def line(one: dict[str, Any]) -> str:
    """A measure with its interval."""
    if one["ci_low"] is None:
        return f"{one['name']} {one['value']}"
    return f"{one['name']} {one['value']:.3f} ({one['ci_low']:.3f} to {one['ci_high']:.3f})"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make")
    making.add_argument("source", type=Path)
    making.add_argument("target", type=Path)
    making.add_argument("--images", type=int, help="draw so many of the images at random; all without it")
    quick = verbs.add_parser("frozen")
    quick.add_argument("task", type=Path)
    quick.add_argument("--out", type=Path, required=True)
    measuring = verbs.add_parser("measure")
    measuring.add_argument("study", type=Path)
    measuring.add_argument("task", type=Path)
    measuring.add_argument("--out", type=Path, required=True)
    measuring.add_argument("--dear", type=int, default=60, help="squares for methods of many passes")
    measuring.add_argument("--method", action="append", default=[], help="only this one, added to the file")
    given = parser.parse_args()
    if given.verb == "make":
        make(given.source, given.target, images=given.images)
    elif given.verb == "frozen":
        frozen(given.task, given.out)
    else:
        measure(given.study, given.task, given.out, dear=given.dear, methods=given.method)


if __name__ == "__main__":
    main()
