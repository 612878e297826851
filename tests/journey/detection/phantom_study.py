"""A study of box phantoms whose detector knows the truth and adds mistakes: no training."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from thirdeye.case.image import Image
from thirdeye.case.study import Study
from thirdeye.dataset.phantoms_located import write_box_phantoms
from thirdeye.dataset.regions_file import RegionTable
from thirdeye.dataset.table import Dataset
from thirdeye.inference.detection.detections import Detections
from thirdeye.journey.detection import validating
from thirdeye.journey.detection.reference import judged_rows, reference_boxes

CLASSES = ("bright", "dark")
SIDE = 96


class KnowingDetector:
    """Finds what is there, a little beside it, and some things that are not."""

    def __init__(self, table: RegionTable, *, noise: float = 1.5, seed: int = 0) -> None:
        self.table, self.noise, self.rng = table, noise, np.random.default_rng(seed)

    def find(self, image: Image) -> Detections:
        """Detections of a phantom, by its file name."""
        truth = reference_boxes(self.table, image.source, self.table.annotators[0], height=SIDE, width=SIDE)
        kept = self.rng.random(len(truth.boxes)) < 0.9
        near = truth.boxes[kept] + self.rng.normal(0, self.noise, (int(kept.sum()), 4))
        corner = self.rng.uniform(0, SIDE - 25, (3, 2))
        boxes = np.vstack([near, np.hstack([corner, corner + self.rng.uniform(10, 24, (3, 2))])])
        scores = np.concatenate([self.rng.beta(5, 2, len(near)), self.rng.beta(1, 5, 3)])
        classes = np.concatenate([truth.classes[kept], self.rng.integers(0, 2, 3)])
        return Detections.ordered(boxes, scores, classes)


def phantom_data(folder: Path, *, cases: int = 36) -> tuple[Dataset, RegionTable]:
    """Phantoms split into three parts, with a second annotator in half of the test images."""
    write_box_phantoms(folder, cases=cases)
    told = json.loads((folder / "annotations.json").read_text())
    names = [one["file_name"] for one in told["images"]]
    splits = np.array(["train", "train", "validation", "test"])[np.arange(cases) % 4]
    rows = pd.DataFrame(
        {
            "image": names, "case": names, "patient": [f"p{k // 8}-{k % 4}" for k in range(cases)],
            "split": splits, "excluded_because": "", "label": "", "fold": -1, "annotated": "yes",
        }
    )  # fmt: skip
    split_of = dict(zip(names, splits, strict=True))
    regions: list[tuple[Any, ...]] = []
    for one in told["annotations"]:
        name, (x, y, w, h) = names[one["image_id"] - 1], one["bbox"]
        kind = CLASSES[one["category_id"] - 1]
        regions.append((name, "box", kind, "first", x, y, x + w, y + h))
        if split_of[name] == "test" and one["id"] % 5:
            regions.append((name, "box", kind, "second", x + 1, y + 1, x + w, y + h + 1))
    regions.append((names[3], "box", "dark", "first", 5.0, 5.0, 5.0, 9.0))  # has no width
    columns = ["image", "kind", "name", "annotator", "x_min", "y_min", "x_max", "y_max"]
    table = RegionTable(pd.DataFrame(regions, columns=columns), CLASSES)
    return Dataset(folder, rows, "detection", CLASSES, None, "patient", "drawn"), table


def phantom_study(
    folder: Path, monkeypatch: Any, *, budget_s: float = 40.0
) -> tuple[Study, Dataset, RegionTable]:
    """A study folder as training leaves it, but for plan and network, which stand-ins replace."""
    dataset, table = phantom_data(folder / "data")
    study = Study(folder / "study")
    detector = KnowingDetector(table)
    arrays = {}
    rows = judged_rows(dataset, "train", "validation")
    for place, name in enumerate(rows["image"]):
        found = detector.find(SimpleNamespace(source=name))  # type: ignore[arg-type]
        arrays |= {
            f"boxes_{place}": found.boxes,
            f"scores_{place}": found.scores,
            f"classes_{place}": found.classes,
        }
    with study.writing("runs/validation.npz") as path, path.open("wb") as stream:
        np.savez(stream, **arrays)
    plan = SimpleNamespace(
        task="detection", classes=CLASSES, seed=0, budget_s=budget_s, intensity="range",
        validation="cross_fitted",
    )  # fmt: skip
    monkeypatch.setattr(validating, "read_detection_plan", lambda _: plan)
    monkeypatch.setattr(
        validating,
        "read_detection_manifest",
        lambda _: SimpleNamespace(operating_points=(), members=({"fold": 0}, {"fold": 1})),
    )
    monkeypatch.setattr(validating, "read_boxes", lambda *_: table)
    monkeypatch.setattr(validating, "open_detector", lambda *_, **__: KnowingDetector(table, seed=1))
    return study, dataset, table
