"""Cases left out of training stay in the test part, which is told with and without them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.evaluation.auc import auc
from thirdeye.evaluation.evidence import evaluate_set
from thirdeye.journey.spectrum import join_spectrum, without_unlearnt

N = 120
LABELS = np.arange(N) % 2
SIZES = np.where(LABELS == 0, "none", np.where(np.arange(N) % 4 == 1, "small", "large"))
PLAN: Any = SimpleNamespace(
    task="binary", classes=("well", "ill"), positive="ill", seed=0, unlearnt=("extent", "small")
)


def dataset() -> Dataset:
    rows = pd.DataFrame(
        {
            "image": [f"{i}.png" for i in range(N)], "label": np.where(LABELS == 1, "ill", "well"),
            "split": np.where(np.arange(N) < 80, "train", "test"), "excluded_because": "", "extent": SIZES,
        }
    )  # fmt: skip
    return Dataset(Path(), rows, "binary", ("well", "ill"), "ill", "patient", "official")


def test_they_are_left_out_of_training_and_stay_in_the_test_part() -> None:
    found = without_unlearnt(dataset(), PLAN)
    assert "small" not in set(found.part("train")["extent"])
    assert (found.part("test")["extent"] == "small").sum() == 10
    left = found.part("excluded")
    assert set(left["excluded_because"]) == {"not learnt from, as the plan says: extent is small"}
    assert len(left) == 20
    assert without_unlearnt(dataset(), SimpleNamespace(unlearnt=())).rows is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unlearnt", "match"),
    [
        (("width", "small"), "which the table has not"),
        (("extent", "tiny"), "no case to learn from has extent='tiny'"),
        (("extent", "none"), "a class has no case left"),
    ],
)
def test_what_cannot_be_left_out_is_refused(unlearnt: tuple[str, str], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        without_unlearnt(dataset(), SimpleNamespace(unlearnt=unlearnt))  # type: ignore[arg-type]


def test_both_figures_are_told() -> None:
    """Small ones look like the healthy: without them the AUC is higher."""
    rng = np.random.default_rng(0)
    ill = 1 / (1 + np.exp(-rng.normal(np.where(SIZES == "large", 2.0, 0.0), 1)))
    network = np.column_stack([1 - ill, ill])
    scored: Any = SimpleNamespace(
        labels=LABELS, network=network, patients=np.arange(N).astype(str), rows=np.arange(N),
        material=SimpleNamespace(rows=dataset().rows),
    )  # fmt: skip
    entry = evaluate_set(
        labels=LABELS, probabilities=network, classes=["well", "ill"], task="binary", positive="ill",
        clusters=None, unit="image", operating_points=[], excluded={},
    )  # fmt: skip
    join_spectrum(entry, scored, PLAN, SimpleNamespace(operating_points=()), patients_known=True)  # type: ignore[arg-type]
    found = entry["spectrum"]
    told = {side: {one["name"]: one["value"] for one in found[side]} for side in ("with", "without")}
    kept = SIZES != "small"
    assert told["with"]["auc"] == pytest.approx(auc(LABELS == 1, ill).value)
    assert told["without"]["auc"] == pytest.approx(auc(LABELS[kept] == 1, ill[kept]).value)
    assert told["without"]["auc"] > told["with"]["auc"] + 0.1
    assert found["n_unlearnt"] == 30
