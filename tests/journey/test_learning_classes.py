"""What is learnt of a taxonomy: parts of even size, one level, or the leaves; and what stands above."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from thirdeye.case.taxonomy import levels_of
from thirdeye.dataset.table import Dataset
from thirdeye.errors import UsageError
from thirdeye.journey.learning_classes import learnt_classes

EDGES = (
    ("a1", "kind a", "nine"), ("a2", "kind a", "nine"), ("b1", "kind b", "nine"), ("b2", "kind b", "nine"),
    ("c1", "kind c", "nine"), ("kind a", "malignant", "three"), ("kind b", "benign", "three"),
    ("kind c", "benign", "three"),
)  # fmt: skip
COUNTS = {"a1": 6, "a2": 3, "b1": 20, "b2": 2, "c1": 30}


def dataset(task: Any = "multiclass") -> Dataset:
    labels = [name for name, count in COUNTS.items() for _ in range(count)] + ["a1"] * 50
    split = ["train"] * (len(labels) - 50) + ["test"] * 50
    rows = pd.DataFrame({"image": [f"{i}.png" for i in range(len(labels))], "label": labels, "split": split})
    return Dataset(Path(), rows, task, tuple(COUNTS), None, "image", "official")


def learnt(learns: str, **more: Any) -> Any:
    return learnt_classes(dataset(), {"learns": learns, "taxonomy": EDGES, **more}, Path("nowhere"))


def test_leaves_are_left_alone() -> None:
    given = dataset()
    assert learnt_classes(given, None, Path("nowhere")) == (given, None)
    assert learnt_classes(given, {"epochs": 3}, Path("nowhere"))[0] is given


def test_parts_have_fewer_development_images_than_asked_for() -> None:
    """Kind a has 9 without its 50 test images, kind b 22; c1 is a leaf, however large."""
    found, above = learnt("parts:20")
    assert found.classes == ("b1", "b2", "c1", "kind a")
    assert found.task == "multiclass"
    assert set(found.rows["label"][found.rows["leaf"].isin(["a1", "a2"])]) == {"kind a"}
    three, nine = levels_of(above, found.classes)
    assert three.groups == {"benign": ("b1", "b2", "c1"), "malignant": ("kind a",)}
    assert nine.groups == {"kind b": ("b1", "b2"), "kind c": ("c1",), "kind a": ("kind a",)}


def test_a_level_is_learnt_as_it_is_and_what_is_above_can_be_told() -> None:
    found, above = learnt("level:nine")
    assert found.classes == ("kind a", "kind b", "kind c")
    (three,) = levels_of(above, found.classes)
    assert three.groups == {"malignant": ("kind a",), "benign": ("kind b", "kind c")}


def test_the_coarsest_level_is_a_question_of_yes_and_no() -> None:
    found, above = learnt("level:three")
    assert (found.classes, found.task, found.positive) == (("benign", "malignant"), "binary", "malignant")
    assert above == ()


def test_a_taxonomy_beside_the_data_serves_too(tmp_path: Path) -> None:
    lines = ["child,parent,level", *(",".join(edge) for edge in EDGES)]
    (tmp_path / "taxonomy.csv").write_text("\n".join(lines), encoding="utf-8")
    found, _ = learnt_classes(dataset(), {"learns": "level:nine"}, tmp_path)
    assert len(found.classes) == 3


@pytest.mark.parametrize(
    ("learns", "more", "said"),
    [
        ("parts:20", {"taxonomy": ()}, "needs a taxonomy"),
        ("level:five", {}, "no level of that name; it has: three, nine"),
    ],
)
def test_what_cannot_be_learnt_is_refused(learns: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        learnt(learns, **more)


def test_labels_that_do_not_exclude_each_other_have_no_parts() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        learnt_classes(dataset("multilabel"), {"learns": "parts:9", "taxonomy": EDGES}, Path("nowhere"))
