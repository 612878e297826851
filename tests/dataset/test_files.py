from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from thirdeye.dataset.files import FIRST_COLUMNS, read_dataset_csv, write_dataset_csv
from thirdeye.dataset.split import make_dataset
from thirdeye.dataset.table import Dataset
from thirdeye.errors import StudyMismatch


@pytest.fixture
def dataset(sample: Callable[..., tuple]) -> Dataset:
    made = make_dataset(
        *sample(["no", "yes"] * 10, patients=["NA", *(f"p{n}" for n in range(19))]), seed=0, folds=2
    )
    odd = ["é\n.png", 'a,"b".png', "=HYPERLINK(1).png", "  x\r.png", "\uf7e9.png", "nan", "001"]
    rows = made.rows.copy()
    rows.loc[rows.index[: len(odd)], "image"] = odd
    return replace(made, rows=rows)


def read(path: Path, dataset: Dataset) -> Dataset:
    return read_dataset_csv(
        path,
        root=dataset.root,
        task=dataset.task,
        classes=dataset.classes,
        positive=dataset.positive,
        group=dataset.group,
        split_origin=dataset.split_origin,
    )


def test_what_is_written_is_read(tmp_path: Path, dataset: Dataset) -> None:
    path = tmp_path / "dataset.csv"
    write_dataset_csv(path, dataset)
    back = read(path, dataset)
    assert back.rows[list(dataset.rows.columns)].to_dict("list") == dataset.rows.to_dict("list")
    assert tuple(back.rows.columns[: len(FIRST_COLUMNS)]) == FIRST_COLUMNS
    assert (
        replace(back, rows=dataset.rows) == replace(dataset, rows=dataset.rows)
        or back.classes == dataset.classes
    )
    assert list(tmp_path.iterdir()) == [path]


def test_writing_twice_gives_the_same_bytes(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset_csv(tmp_path / "a.csv", dataset)
    write_dataset_csv(tmp_path / "b.csv", read(tmp_path / "a.csv", dataset))
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_no_absolute_path_is_written(tmp_path: Path, dataset: Dataset) -> None:
    write_dataset_csv(tmp_path / "a.csv", replace(dataset, root=tmp_path))
    assert str(tmp_path).encode() not in (tmp_path / "a.csv").read_bytes()


def test_missing_cut_and_edited_files_are_named(tmp_path: Path, dataset: Dataset) -> None:
    path = tmp_path / "dataset.csv"
    with pytest.raises(StudyMismatch, match=r"dataset\.csv is missing"):
        read(path, dataset)
    write_dataset_csv(path, dataset)
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2 - 3], b"", b"\0\0", b"image,case\n1,2\n"):
        path.write_bytes(damaged)
        with pytest.raises(StudyMismatch, match=r"dataset\.csv"):
            read(path, dataset)
    path.write_bytes(content.replace(b",0,", b",zero,", 1))
    with pytest.raises(StudyMismatch, match="no number"):
        read(path, dataset)
