"""Near-duplicates planted in public sets: found by Third Eye, and by imagededup, on the same files.

    python3.11 -m venv PEER && PEER/bin/pip install imagededup
    python benchmarks/near_duplicates.py --peer PEER/bin/python

Every image of a set gets one changed copy; the kinds of change take turns. A pair is right when it joins
images of one origin. It is natural, and neither right nor wrong, when both images are known to be of one
patient or lesion (the set's table says so), or somebody looked at it and saw one scene (they are listed in
`near_duplicates_seen.json`). Every other pair is false. Limits were set on the sets named "development";
figures are of the others.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from common import arguments, finish, machine, table
from PIL import Image

Picture = Image.Image
Change = Callable[[Picture, np.random.Generator], Picture]
_TURN = Image.Transpose
_SEEN = Path(__file__).with_name("near_duplicates_seen.json")
_DEFAULT = {"PHash": 10, "DHash": 10, "WHash": 10, "AHash": 10}


def _jpeg(quality: int) -> Change:
    def change(image: Picture, draw: np.random.Generator) -> Picture:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        return Image.open(io.BytesIO(file.getvalue()))

    return change


def _crop(image: Picture, draw: np.random.Generator) -> Picture:
    """A tenth of each side goes, anywhere: a fifth of the area."""
    width, height = image.size
    left, top = (round(side * draw.uniform(0, 0.1)) for side in (width, height))
    return image.crop((left, top, left + round(0.9 * width), top + round(0.9 * height)))


def _middle(image: Picture, draw: np.random.Generator) -> Picture:
    """5 % off each edge."""
    width, height = image.size
    return image.crop((round(0.05 * width), round(0.05 * height), round(0.95 * width), round(0.95 * height)))


def _scaled(factor: float) -> Change:
    return lambda image, draw: image.resize(
        (max(8, round(image.width * factor)), max(8, round(image.height * factor))), Image.Resampling.BILINEAR
    )


def _bright(factor: float) -> Change:
    return lambda image, draw: image.point(lambda value: min(255, round(value * factor)))


CHANGES: dict[str, Change] = {
    "rotated 90": lambda i, d: i.transpose(_TURN.ROTATE_90),
    "rotated 180": lambda i, d: i.transpose(_TURN.ROTATE_180),
    "rotated 270": lambda i, d: i.transpose(_TURN.ROTATE_270),
    "mirrored": lambda i, d: i.transpose(_TURN.FLIP_LEFT_RIGHT),
    "upside down": lambda i, d: i.transpose(_TURN.FLIP_TOP_BOTTOM),
    "cropped 5 % each edge": _middle,
    "cropped anywhere": _crop,
    "JPEG 50": _jpeg(50),
    "10 % brighter": _bright(1.1),
    "10 % darker": _bright(0.9),
    "half size": _scaled(0.5),
    "size x 1.5": _scaled(1.5),
}
PAIRS = (
    ("rotated 90", "cropped anywhere"), ("rotated 180", "JPEG 50"), ("rotated 270", "10 % brighter"),
    ("rotated 90", "mirrored"), ("mirrored", "cropped anywhere"), ("mirrored", "JPEG 50"),
    ("upside down", "10 % darker"), ("cropped anywhere", "JPEG 50"), ("cropped anywhere", "10 % brighter"),
    ("cropped anywhere", "10 % darker"), ("JPEG 50", "10 % brighter"), ("half size", "JPEG 50"),
    ("cropped anywhere", "half size"), ("rotated 270", "half size"),
)  # fmt: skip
KINDS: tuple[tuple[str, ...], ...] = (*((name,) for name in CHANGES), *PAIRS)


@dataclass(frozen=True)
class Source:
    """One set.

    Args:
        name: for the table.
        part: "development" or "report".
        images: names and pictures.
        group: name to patient or lesion; names that are missing are of nobody known.
    """

    name: str
    part: str
    images: list[tuple[str, Picture]]
    group: dict[str, str]


def main() -> None:
    """Plant, search, count."""
    parser = arguments(__doc__.splitlines()[0], "results/near_duplicates.json")
    parser.add_argument("--peer", default="", help="python of an environment with imagededup; none: skipped")
    parser.add_argument("--part", choices=["development", "report"], default="report")
    parser.add_argument("--sets", nargs="*", help="names of sets; default: all of the part")
    parser.add_argument("--cnn", action="store_true", help="imagededup's network too (slow)")
    options = parser.parse_args()
    here, runs = machine(), []
    for source in sources(options.data):
        if source.part != options.part or (options.sets and source.name not in options.sets):
            continue
        with tempfile.TemporaryDirectory() as temporary:
            runs += measured(distinct(source), Path(temporary), options.peer, options.cnn)
    result = {"benchmark": "near_duplicates", "part": options.part, "machine": here, "runs": runs}
    finish(result, options.json, report(runs))


def sources(data: Path) -> Iterator[Source]:
    """Every set; halves are taken by turns."""
    seen = [("kvasir_seg/images", "Kvasir-SEG"), ("ham10000_subset/images", "HAM10000")]
    for place, name in seen:
        files = _files(data / place)
        group = (
            _column(data / "ham10000_subset/metadata.csv", "image_id", "lesion_id") if "HAM" in name else {}
        )
        yield Source(f"{name}, even half", "development", files[::2], group)
        yield Source(f"{name}, odd half", "report", files[1::2], group)
    pneumonia = _archive(data / "medmnist/pneumoniamnist.npz")
    yield Source("PneumoniaMNIST, 1,300 of train", "development", pneumonia[:1300], {})
    yield Source("PneumoniaMNIST, last 1,500", "report", pneumonia[-1500:], {})
    yield Source("BreastMNIST", "report", _archive(data / "medmnist/breastmnist.npz"), {})
    chest = data / "chest_xray_pneumonia_pediatric"
    yield Source(
        "Paediatric chest X-ray",
        "report",
        _files(chest / "images"),
        _column(chest / "items.csv", "path", "patient"),
    )
    covid = data / "covid_xray_3class"
    yield Source(
        "Chest X-ray, 3 classes",
        "report",
        _files(covid / "images"),
        _column(covid / "items.csv", "path", "nih_patient"),
    )
    yield Source("Blood cells (BCCD)", "report", _files(data / "bccd_blood_cells"), {})


def distinct(source: Source) -> Source:
    """Without pictures whose pixels repeat those of an earlier one: exact copies are another matter."""
    fresh: dict[str, tuple[str, Picture]] = {}
    for name, image in source.images:
        pixels = np.asarray(image)
        fresh.setdefault(
            hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest(), (name, image)
        )
    return replace(source, images=list(fresh.values()))


def _files(folder: Path) -> list[tuple[str, Picture]]:
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return [(path.stem, Image.open(path)) for path in paths]


def _archive(path: Path) -> list[tuple[str, Picture]]:
    with np.load(path) as held:
        return [
            (f"{part}-{number}", Image.fromarray(pixels))
            for part in ("train", "val", "test")
            for number, pixels in enumerate(held[f"{part}_images"])
        ]


def _column(path: Path, key: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {Path(row[key]).stem: row[value] for row in csv.DictReader(file) if row[value]}


def measured(source: Source, place: Path, peer: str, cnn: bool) -> list[dict[str, Any]]:
    """Ours and the peer's methods on one set."""
    folder = place / "images"
    kinds = plant(source, folder)
    natural = Natural(source)
    ours, seconds = _ours(folder)
    runs = [judged("Third Eye", "", ours, seconds, source, kinds, natural)]
    allowed = runs[0]["false_per_1000"]
    if peer:
        command = [
            peer,
            str(Path(__file__).parent / "peers" / "imagededup_pairs.py"),
            str(folder),
            str(place / "p.npz"),
        ]
        said = subprocess.run(
            [*command, *(["--cnn"] if cnn else [])], check=True, stdout=subprocess.PIPE, text=True
        )
        with np.load(place / "p.npz") as found:
            for method in dict.fromkeys(key.split("|")[0] for key in found):
                names, distance = found[f"{method}|names"], found[f"{method}|distance"]
                for label, limit in _limits(method, names, distance, natural, source, allowed):
                    pairs = [(a, b) for a, b in names[distance <= limit].tolist()]
                    took = float(found[f"{method}|seconds"])
                    runs.append(judged(method, f"{label} ({limit:g})", pairs, took, source, kinds, natural))
        runs[-1]["said"] = said.stdout.strip()
    return runs


def plant(source: Source, folder: Path) -> dict[str, tuple[str, ...]]:
    """Write every original and one changed copy; returns number of the origin to the kind of change."""
    draw = np.random.default_rng(1)
    folder.mkdir()
    kinds = {}
    for turn, number in enumerate(draw.permutation(len(source.images))):
        image = source.images[number][1]
        image = image if image.mode in ("L", "RGB") else image.convert("RGB")
        kind = KINDS[turn % len(KINDS)]
        copy = image
        for name in kind:
            copy = CHANGES[name](copy, draw)
        image.save(folder / f"{number:05d}-a.png")
        copy.save(folder / f"{number:05d}-b.png")  # what JPEG did to the pixels stays
        kinds[f"{number:05d}"] = kind
    return kinds


class Natural:
    """Which images of a set rightly show the same."""

    def __init__(self, source: Source) -> None:
        self.group = {f"{n:05d}": source.group.get(name, "") for n, (name, _) in enumerate(source.images)}
        number = {name: f"{n:05d}" for n, (name, _) in enumerate(source.images)}
        seen = json.loads(_SEEN.read_text(encoding="utf-8")) if _SEEN.exists() else {}
        pairs = seen.get(source.name.split(",")[0], [])
        known = [frozenset((number[a], number[b])) for a, b in pairs if a in number and b in number]
        self.seen = _closed(known)

    def __call__(self, first: str, second: str) -> bool:
        same_group = bool(self.group[first]) and self.group[first] == self.group[second]
        return same_group or (first in self.seen and self.seen.get(first) == self.seen.get(second))


def _closed(pairs: list[frozenset[str]]) -> dict[str, str]:
    """Member to the name of its family: what shows the same as the same shows the same."""
    family: dict[str, str] = {}
    for pair in pairs:
        joined = {family.get(member, member) for member in pair}
        name = min(joined)
        family = {member: name if held in joined else held for member, held in family.items()}
        family.update(dict.fromkeys(pair, name))
    return family


def _ours(folder: Path) -> tuple[list[tuple[str, str]], float]:
    from thirdeye.intake.open import open_collection
    from thirdeye.intake.survey import survey

    began = time.monotonic()
    collection = open_collection(folder, labels_optional=True)
    with survey(collection) as exhibits:
        pairs = [(pair.first, pair.second) for pair in exhibits.near_pairs]
        pairs += [(group[0], other) for group in exhibits.copies.values() for other in group[1:]]
    return pairs, time.monotonic() - began


def _limits(
    method: str, names: Any, distance: Any, natural: Natural, source: Source, allowed: float
) -> Iterator[tuple[str, float]]:
    """The peer's default, and the widest limit with no more false pairs than ours."""
    yield "default", _DEFAULT.get(method, 0.1)
    false = np.array([_verdict(a, b, natural) == "false" for a, b in names.tolist()], bool)
    order = np.argsort(distance, kind="stable")
    within = 1000 * np.cumsum(false[order]) / (2 * len(source.images)) <= allowed
    last = np.append(np.diff(distance[order]) > 0, True) if len(order) else np.empty(0, bool)
    fits = distance[order][within & last]  # a limit takes all pairs of one distance or none
    yield "as few false pairs as ours", float(fits.max(initial=-1))


def _verdict(first: str, second: str, natural: Natural) -> str:
    one, other = (Path(name).name.split("-")[0] for name in (first, second))
    if one == other:
        return "right"
    return "natural" if natural(one, other) else "false"


def judged(
    method: str, limit: str, pairs: list[tuple[str, str]], seconds: float, source: Source,
    kinds: dict[str, tuple[str, ...]], natural: Natural,
) -> dict[str, Any]:  # fmt: skip
    """Recall by kind of change, and false pairs among 1,000 images."""
    verdicts = [_verdict(a, b, natural) for a, b in pairs]
    hit = {Path(a).name.split("-")[0] for (a, _), v in zip(pairs, verdicts, strict=True) if v == "right"}
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for origin, kind in kinds.items():
        by_kind[" + ".join(kind)].append(origin in hit)
    still = [origin in hit for origin, kind in kinds.items() if not _turns(kind)]
    false = verdicts.count("false")
    return {
        "set": source.name, "method": method, "limit": limit, "images": 2 * len(source.images),
        "recall": len(hit) / len(kinds), "recall_without_turns": float(np.mean(still)),
        "recall_by_kind": {kind: float(np.mean(found)) for kind, found in by_kind.items()},
        "false_pairs": false, "false_per_1000": 1000 * false / (2 * len(source.images)),
        "natural_pairs": verdicts.count("natural"), "seconds": seconds,
        "false_examples": [
            [source.images[int(Path(x).name.split("-")[0])][0] for x in pair]
            for pair, v in zip(pairs, verdicts, strict=True) if v == "false"
        ][:20],
    }  # fmt: skip


def _turns(kind: tuple[str, ...]) -> bool:
    return any(name.startswith(("rotated", "mirrored", "upside")) for name in kind)


def report(runs: list[dict[str, Any]]) -> str:
    """Two tables: sets by methods, and kinds of change over all sets."""
    header = ["set", "method", "limit", "recall", "without turns", "false per 1,000", "natural pairs", "s"]
    rows = [
        [r["set"], r["method"], r["limit"], f"{r['recall']:.3f}", f"{r['recall_without_turns']:.3f}",
         f"{r['false_per_1000']:.2f}", r["natural_pairs"], f"{r['seconds']:.1f}"]
        for r in runs
    ]  # fmt: skip
    methods = list(dict.fromkeys((r["method"], r["limit"].split(" (")[0]) for r in runs))
    kinds = [" + ".join(kind) for kind in KINDS]
    lines = []
    for kind in kinds:
        cells = []
        for method, label in methods:
            values = [
                r["recall_by_kind"][kind] for r in runs
                if (r["method"], r["limit"].split(" (")[0]) == (method, label) and kind in r["recall_by_kind"]
            ]  # fmt: skip
            cells.append(f"{np.mean(values):.3f}" if values else "-")
        lines.append([kind, *cells])
    names = [f"{method}{', ' + label if label else ''}" for method, label in methods]
    return table(header, rows) + "\n\n" + table(["change (mean over sets)", *names], lines)


if __name__ == "__main__":
    main()
