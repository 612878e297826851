from __future__ import annotations

import pytest

from thirdeye.intake.splits import are_split_names, split_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("train_set", "train"),
        ("trainset", "train"),
        ("val", "validation"),
        ("VALID", "validation"),
        ("validation", "validation"),
        ("dev", "validation"),
        ("Testing", "test"),
        ("test-data", "test"),
        ("hold-out", "test"),
        ("0", None),
        ("vidir_modern", None),
        ("normal", None),
        ("", None),
    ],
)
def test_split_name(text: str, expected: str | None) -> None:
    assert split_name(text) == expected


def test_columns_of_folds_are_no_splits() -> None:
    assert are_split_names(["train", "test", ""])
    assert not are_split_names(["0", "1"])
    assert not are_split_names(["train", "other"])
    assert not are_split_names(["", ""])
