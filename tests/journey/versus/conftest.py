"""Two sides of a comparison without a training: tables of what was said, and a dataset of names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.case.study import Study
from thirdeye.dataset.table import Dataset
from thirdeye.journey.versus.side import Side


@pytest.fixture
def side(tmp_path: Path) -> Callable[..., Side]:
    """Makes a side: its name, the rows that it said, its plan, and images that it learnt from."""

    def make(name: str, rows: pd.DataFrame, plan: dict, *, task: str = "binary", learnt: tuple = ("t",)):
        tested = list(dict.fromkeys(rows["case"]))
        table = pd.DataFrame({"image": [*learnt, *tested]})
        table["split"] = ["train"] * len(learnt) + ["test"] * len(tested)
        table["case"] = table["patient"] = table["image"]
        dataset = Dataset(
            rows=table, root=tmp_path, task=task, classes=tuple(plan["classes"]), positive=None,
            group="patient", split_origin="drawn",
        )  # fmt: skip
        return Side(Study(tmp_path / name), name, task, dataset, rows.assign(split="test"), {}, plan)

    return make
