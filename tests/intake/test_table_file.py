from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from thirdeye.errors import DataRefused
from thirdeye.intake.table_file import read_table


@pytest.mark.parametrize(
    "content",
    [
        "image,label\n001,bénin\n002,NA\n".encode(),
        "\ufeffimage,label\r\n001,bénin\r\n002,\r\n".encode(),
        "image;label\n001;bénin\n002;nan\n".encode("cp1252"),
        "image\tlabel\n001\tbénin\n002\t\n".encode("utf-16"),
        b"image|label\n001|b\xc3\xa9nin\n002|null\n",
    ],
)
def test_text_tables_in_the_wild(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    table = read_table(tmp_path / "t.csv")
    assert table.to_dict("list") == {"image": ["001", "002"], "label": ["bénin", ""]}


@pytest.mark.parametrize("suffix", ["xlsx", "parquet", "tsv"])
def test_other_kinds_of_tables_say_the_same(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"image": ["a.png", "b.png"], "grade": [1, 2], "age": [50.0, None]})
    path = tmp_path / f"t.{suffix}"
    {
        "xlsx": lambda: frame.to_excel(path, index=False),
        "parquet": lambda: frame.to_parquet(path),
        "tsv": lambda: frame.to_csv(path, sep="\t", index=False),
    }[suffix]()
    table = read_table(path)
    assert list(table["image"]) == ["a.png", "b.png"]
    assert list(table["grade"]) == ["1", "2"]
    assert list(table["age"]) in (["50", ""], ["50.0", ""])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b""),
        ("t.csv", b"a,b\n"),
        ("t.xlsx", b"no"),
        ("t.parquet", b"no"),
        ("t.csv", b'a,b\n"x,1\n1,2,3,4\n'),
    ],
)
def test_damaged_tables_are_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataRefused, match=name):
        read_table(tmp_path / name)
