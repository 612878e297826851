"""Whether a label is learnt with the masks, and parts that spread both."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from thirdeye.dataset.table import Dataset
from thirdeye.intake.case_label import CASE_LABEL, CaseLabel
from thirdeye.intake.collection import Collection
from thirdeye.journey.dense.told_besides import FEWEST, dealt, told_besides, why_left_alone

LABEL = CaseLabel("binary", ("benign", "malignant"), "malignant")


def _collection(labels: list[str], marked: list[str]) -> tuple[Collection, Collection]:
    """As opened, and with what the masks mark as its label."""
    images = [f"{number}.png" for number in range(len(labels))]
    rows = pd.DataFrame({"image": images, "label": labels, CASE_LABEL: labels}, dtype=object)
    masks = pd.DataFrame({"image": images, "mask": images, "name": "", "annotator": ""}, dtype=object)
    opened = Collection(
        Path(), "masks", rows, "segmentation", ("lump",), None, False, (), masks=masks, case_label=LABEL
    )
    return opened, replace(opened, rows=rows.assign(label=marked))


@pytest.mark.parametrize(
    ("labels", "marked", "why"),
    [
        (["benign", "malignant"] * FEWEST, ["lump"] * 2 * FEWEST, ""),
        (["benign", "malignant"] * FEWEST, ["", "lump"] * FEWEST, "it only says what is marked"),
        (
            ["benign"] * 30 + ["malignant"] * (FEWEST - 1),
            ["lump"] * (29 + FEWEST),
            f"'malignant' has {FEWEST - 1} cases with a mask, and {FEWEST} are needed",
        ),
    ],
)
def test_what_is_learnt_besides(labels: list[str], marked: list[str], why: str) -> None:
    assert (told_besides(*_collection(labels, marked)) is LABEL) is not why
    assert why_left_alone(*_collection(labels, marked)).endswith(why)


def test_dealing_sees_both_and_leaves_the_structures_as_they_were() -> None:
    _, marked = _collection(["benign", "", "malignant"], ["lump", "", "lump"])
    seen: list[list[str]] = []

    def deal(one: Collection) -> Dataset:
        seen.append(list(one.rows["label"]))
        return Dataset(Path(), one.rows, "segmentation", one.classes, None, "image", "drawn")

    found = dealt(marked, LABEL, deal)
    assert seen == [["lump|case_label benign", "", "lump|case_label malignant"]]
    assert list(found.rows["label"]) == ["lump", "", "lump"]
    assert found.classes == ("lump",)
