"""Every check on one rich made-up set: what is found can be written down, and names no folder."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from thirdeye.intake.checks.check import CHECKS
from thirdeye.intake.exhibits import Exhibits, Velocity
from thirdeye.intake.not_applicable import NotApplicable

Make = Callable[..., Exhibits]


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "ordinal"])
def test_findings_of_a_rich_set_are_json(made_exhibits: Make, task: str) -> None:
    rng = np.random.default_rng(0)
    names = ["a", "b"] if task == "binary" else ["a", "b", "c"]
    labels = rng.choice(names, 240)
    thumbnails = rng.integers(0, 256, (240, 64, 64), dtype=np.uint8)
    thumbnails[labels == "a", :6] = 0
    facts = {
        "width": np.where(labels == "a", 100, 64),
        "noise": np.where(np.arange(240) == 3, 90.0, rng.random(240)),
        "marks": (labels == "a").astype(int),
        "row_spacing_mm": np.where(np.arange(240) < 3, 9.0, 0.1),
        "maximum": np.where(np.arange(240) < 3, 60000.0, 255.0), "minimum": np.zeros(240),
        **dict.fromkeys(
            ("marks_upper_left", "marks_upper_right", "marks_lower_left", "marks_lower_right"),
            np.zeros(240, int),
        ),
    }  # fmt: skip
    columns = {
        "site": np.where(labels == "a", "x", "y"), "age": np.where(labels == "a", "", "60"),
        "label_source": np.where(labels == "a", "report", "histology"),
        "split": rng.choice(["train", "test"], 240),
    }  # fmt: skip
    exhibits = made_exhibits(
        list(labels), thumbnails=thumbnails, facts=facts, columns=columns, task=task,
        positive="a" if task == "binary" else None, velocity=Velocity(4.0, 20.0, 100.0, 10_000),
        prevalence={"a": 0.01},
    )  # fmt: skip
    found = set()
    for name, check in CHECKS:
        try:
            findings = list(check.run(exhibits))
        except NotApplicable:
            continue
        for finding in findings:
            text = json.dumps(finding.as_json(), allow_nan=False)
            assert str(exhibits.collection.root) not in text
            assert "nan" not in finding.message.lower().split()
            found.add(name)
    assert {
        "shortcut.metadata",
        "shortcut.pixels",
        "shortcut.text",
        "shortcut.site",
        "labels.source",
    } <= found
    assert {"prevalence", "table.missing", "outlier.spacing", "outlier.intensity", "image.quality"} <= found
