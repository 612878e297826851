"""Small datasets with known faults, put on trial."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from thirdeye.intake.collection import MASK_COLUMNS, REGION_COLUMNS, Collection, empty
from thirdeye.intake.examine import CheckRun, Examination
from thirdeye.intake.exhibits import Velocity
from thirdeye.intake.finding import Finding
from thirdeye.intake.pixels import load_image
from thirdeye.intake.reading import core_rows
from thirdeye.report.trial.trial import Trial

FACTS = {"error": "", "kind": "image", "height": 24, "width": 32, "depth": 1, "format": "PNG"}


@pytest.fixture
def make_trial(tmp_path: Path) -> Callable[..., Trial]:
    """A trial over `number` pictures (the i-th is grey 20 + i) with the findings given."""

    def make(
        *findings: Finding,
        number: int = 6,
        runs: tuple[CheckRun, ...] = (),
        velocity: Velocity | None = None,
        masks: pd.DataFrame | None = None,
        regions: pd.DataFrame | None = None,
        positive: str | None = "ill",
        **columns: list[str],
    ) -> Trial:
        names = [f"pictures/{i}.png" for i in range(number)]
        (tmp_path / "pictures").mkdir(exist_ok=True)
        for i, name in enumerate(names):
            Image.fromarray(np.full((24, 32), 20 + i % 200, np.uint8)).save(tmp_path / name)
        rows = core_rows(
            {"image": names, "label": [("well", "ill")[i % 2] for i in range(number)], **columns}
        )
        collection = Collection(
            root=tmp_path,
            layout="table",
            rows=rows,
            task="binary",
            classes=("well", "ill"),
            positive=positive,
            patient_known=False,
            understood=("Layout: a table.", "Labels: column 'dx'."),
            masks=empty(MASK_COLUMNS) if masks is None else masks,
            regions=empty(REGION_COLUMNS) if regions is None else regions,
        )
        facts = pd.DataFrame([{"image": name, **FACTS} for name in names]).set_index("image")
        examination = Examination(tuple(findings), facts, runs, velocity or Velocity())
        return Trial(
            collection, examination, "the data", lambda name: load_image(tmp_path, name).pixels, "1.2"
        )

    return make


@pytest.fixture
def unreadable() -> Callable[[Trial, str, str], Trial]:
    """The same trial where one image cannot be read."""

    def spoil(trial: Trial, image: str, reason: str) -> Trial:
        facts = trial.facts.copy()
        facts.loc[image, "error"] = reason
        return replace(trial, examination=replace(trial.examination, facts=facts))

    return spoil
